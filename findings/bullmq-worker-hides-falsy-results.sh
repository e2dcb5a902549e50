#!/bin/sh
# bullmq 6.7.0: the job that a worker's event `completed` passes has no `returnvalue` if the result is 0, false or ''.
#
# The worker sets `returnvalue` on its own object with `||`. What is stored is right: the same job read again has its
# result, and so has the event's second argument. On Postgres it is the same.
#
# Who meets it: listeners that read `job.returnvalue`, which take "nothing found", "no" and "empty" for a handler that
# returned nothing. What helps: the second argument of the listener.
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
import { Queue, Worker } from 'bullmq';

const path = `${process.cwd()}/redis.sock`;
const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
const connection = { path };
const queue = new Queue('count', { connection });
const worker = new Worker('count', async (job) => job.data.result, { connection });
for (const result of [0, false, '', 7]) {
  const ended = new Promise((resolve) => worker.once('completed', (job, value) => resolve([job, value])));
  await queue.add('count', { result });
  const [job, value] = await ended;
  const stored = await queue.getJob(job.id);
  const all = [value, job.returnvalue, stored.returnvalue].map((each) => String(JSON.stringify(each)));
  console.log(`argument ${all[0]}, job.returnvalue ${all[1]}, read again ${all[2]}`);
}
await worker.close();
server.kill();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'argument 0, job.returnvalue undefined, read again 0
argument false, job.returnvalue undefined, read again false
argument "", job.returnvalue undefined, read again ""
argument 7, job.returnvalue 7, read again 7' ]
