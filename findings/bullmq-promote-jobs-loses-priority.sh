#!/bin/sh
# bullmq 6.7.0 on Redis: `queue.promoteJobs()` puts delayed jobs with a priority before all others.
#
# `job.promote()` moves a delayed job to the prioritized ones, in the place that its priority gives it. `promoteJobs`
# moves it to the waiting ones, which run before every job with a priority: the least urgent job overtakes the most
# urgent. The job still says which priority it has. On Postgres both ways keep the order.
#
# Who meets it: queues with priorities whose delayed jobs are promoted in bulk, to make up for an outage for example.
# What helps: call `promote()` on each job of `getDelayed()`.
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
const quiet = () => {};
async function order(title, promote) {
  const queue = new Queue(title, { connection });
  await queue.pause();
  await queue.add('urgent', {}, { priority: 1 });
  await queue.add('least urgent', {}, { priority: 100, delay: 3_600_000 });
  await promote(queue);
  const ran = [];
  const worker = new Worker(queue.name, async (job) => void ran.push(job.name), { connection });
  await queue.resume();
  while (ran.length < 2) await sleep(20);
  await worker.close();
  await queue.close();
  console.log(`${title}: ${ran.join(', then ')}`);
}
await order('promote', async (queue) => {
  for (const job of await queue.getDelayed()) await job.promote();
});
await order('promoteJobs', (queue) => queue.promoteJobs());
server.kill();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'promote: urgent, then least urgent
promoteJobs: least urgent, then urgent' ]
