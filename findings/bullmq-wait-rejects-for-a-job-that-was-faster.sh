#!/bin/sh
# bullmq 6.7.0: `job.waitUntilFinished()` rejects for a job that has completed, if it has `removeOnComplete: true` and was
# faster than the call.
#
# `waitUntilFinished` looks at the job first, and listens for its end then. A job that is removed when it completes is
# gone by that look: "Missing key for job", the same error as for a job that never was. If the worker takes a little
# longer, the call resolves with the result. On Postgres it is the same.
#
# Who meets it: requests that add a job and wait for its result, and clean up behind them: they fail now and then, most often
# when the machine is fast. What helps: keep completed jobs for a while (`removeOnComplete: { age: 60 }`).
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
import { Queue, QueueEvents, Worker } from 'bullmq';

const quiet = () => {};
const path = `${process.cwd()}/data/redis.sock`;
const redis = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);

const connection = { path };
const queue = new Queue('square', { connection });
const events = new QueueEvents('square', { connection });
await events.waitUntilReady();
const ended = new Set();
events.on('completed', ({ jobId }) => ended.add(jobId));
const worker = new Worker(
  'square',
  async ({ data }) => {
    await sleep(200);
    return data ** 2;
  },
  { connection },
);
for (const one of [queue, events, worker]) one.on('error', quiet);
for (const when of ['while it runs', 'when it has completed']) {
  const job = await queue.add('square', 3, { removeOnComplete: true });
  while (when === 'when it has completed' && !ended.has(job.id)) await sleep(10);
  const answer = await job.waitUntilFinished(events).then(
    (result) => `the result ${result}`,
    ({ message }) => message.replace(/ for job .*/, ' for job …'),
  );
  console.log(`asked ${when}: ${answer}`);
}
await Promise.all([worker, events, queue].map((one) => one.close()));
redis.kill();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'asked while it runs: the result 9
asked when it has completed: Missing key for job …' ]
