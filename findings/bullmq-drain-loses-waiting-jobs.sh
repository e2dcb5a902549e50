#!/bin/sh
# bullmq 6.7.0 on Redis: `queue.drain()` leaves a wait list that names jobs that are gone, and lacks the job that it
# was to keep, if the next run of a schedule is among the waiting jobs.
#
# `drain` keeps the next run of a schedule, since without it the schedule would end. It removes the others, and then
# cuts the list by their number, from one end. The kept job is wherever it was, so it is cut off, and an id whose
# job was removed stays. The schedule does not go on, and no error tells.
#
# Who meets it: a queue with a schedule and ordinary jobs that is drained while the scheduled one waits, because no
# worker runs or the queue is paused. What helps: remove waiting jobs one by one, without those of schedules.
#
# Needs redis-server. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact bullmq@6.7.0 ioredis@5.11.1

cat >main.mjs <<'JS'
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

const path = `${process.cwd()}/redis.sock`;
const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
const client = new Redis({ path });
const queue = new Queue('mail', { connection: { path } });

const kind = (id) => (id.startsWith('repeat:') ? 'scheduled' : 'ordinary');
async function show(title) {
  const ids = (await client.lrange('bull:mail:wait', 0, -1)).reverse();
  const jobs = await Promise.all(
    ids.map(async (id) => `${kind(id)}${(await queue.getJob(id)) ? '' : ' (gone)'}`),
  );
  console.log(`${title}: ${jobs.join(', ') || 'none'}`);
}

await queue.add('mail', {});
// Its first run is due at once.
await queue.upsertJobScheduler('report', { every: 3_600_000 });
await queue.add('mail', {});
await show('waiting before');
await queue.drain();
await show('waiting after');
const [scheduler] = await queue.getJobSchedulers();
const next = await queue.getJob(`repeat:report:${scheduler.next}`);
console.log(`the next run is ${next ? 'a job' : 'no job'}, in the state ${next && (await next.getState())}`);
await queue.close();
client.disconnect();
server.kill();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'waiting before: ordinary, scheduled, ordinary
waiting after: ordinary (gone)
the next run is a job, in the state unknown' ]
