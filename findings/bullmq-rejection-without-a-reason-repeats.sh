#!/bin/sh
# bullmq 6.7.0: a handler that rejects with nothing neither fails nor ends, and its job runs again, in spite of
# `attempts: 1`.
#
# `Promise.reject()`, the `reject()` of a callback without an argument, and `throw null` are legal. BullMQ reads the
# `message` of what was thrown, so its own code throws, and the attempt is never ended: the job stays `active`, as if its
# worker had died. After `lockDuration` (30 s) it counts as stalled and runs a second time, then it fails with "job
# stalled more than allowable limit". The worker's `error` event has the TypeError; no event names the job before.
# The same holds on Postgres.
#
# Who meets it: handlers around callbacks of old libraries, whose side effects happen twice, at least half a minute apart.
# What helps: catch in the handler, and throw an Error.
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
const queue = new Queue('mail', { connection });
const ran = [];
const errors = [];
const handle = (job) => {
  ran.push(job.name);
  return job.name === 'with a reason' ? Promise.reject(new Error('no')) : Promise.reject();
};
// Short, so that this script need not wait for half a minute.
const worker = new Worker(queue.name, handle, { connection, lockDuration: 600, stalledInterval: 500 });
worker.on('error', (error) => errors.push(error.message));
for (const name of ['with a reason', 'without']) {
  const job = await queue.add(name, {}, { attempts: 1 });
  while (!ran.includes(name)) await sleep(20);
  while (!(await job.isFailed())) await sleep(50);
  const { failedReason } = await queue.getJob(job.id);
  console.log(`${name}: ran ${ran.filter((each) => each === name).length} times, failed with "${failedReason}"`);
}
console.log(`the first error of the worker: ${errors[0].split(' (')[0]}`);
await worker.close();
await queue.close();
server.kill();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'with a reason: ran 1 times, failed with "no"
without: ran 2 times, failed with "job stalled more than allowable limit"
the first error of the worker: Cannot read properties of undefined' ]
