#!/bin/sh
# bullmq 6.7.0: a backoff whose type does not exist is accepted, and found when the job fails: then the job neither fails nor
# waits, and runs again when its lock has expired.
#
# `add` checks other options, and not the type of `backoff`. After a failed attempt the worker cannot compute the pause,
# throws in its own code ("Unknown backoff strategy") and never ends the attempt. The job stays `active`, counts as stalled
# after `lockDuration` (30 s), runs once more at once, and fails with "job stalled more than allowable limit" in place of its
# own reason. Of `attempts: 5` two were made. The same holds on Postgres.
#
# Who meets it: a misspelt "exponential"; a custom type that one of several workers does not know yet. What helps: set
# `backoff` in one place that is checked; deploy workers before producers.
#
# Needs redis-server. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact bullmq@6.7.0 ioredis@5.11.1
mkdir data

cat >main.mjs <<'JS'
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';

const quiet = () => {};
const path = `${process.cwd()}/data/redis.sock`;
const redis = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);

const connection = { path };
const queue = new Queue('mail', { connection });
let runs = 0;
const errors = new Set();
const worker = new Worker(
  'mail',
  () => {
    runs += 1;
    throw new Error('refused');
  },
  { connection, lockDuration: 1_000, stalledInterval: 500 },
);
queue.on('error', quiet);
worker.on('error', ({ message }) => errors.add(message.split('.')[0]));
const { id } = await queue.add('mail', {}, { attempts: 5, backoff: { type: 'exponental', delay: 10 } });
console.log('add: accepted');
await sleep(500);
console.log(`after half a second: ${await (await queue.getJob(id)).getState()}, ${[...errors].join()}`);
while (!(await (await queue.getJob(id)).isFailed())) await sleep(50);
console.log(`in the end: ${runs} runs of 5, ${(await queue.getJob(id)).failedReason}`);
await Promise.all([worker, queue].map((one) => one.close()));
redis.kill();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'add: accepted
after half a second: active, Unknown backoff strategy exponental
in the end: 2 runs of 5, job stalled more than allowable limit' ]
