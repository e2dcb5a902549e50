#!/bin/sh
# bullmq 6.7.0 on Redis: a job whose handler has returned is run again, because the server was busy for a moment.
#
# While a script of somebody else runs for longer than `busy-reply-threshold`, Redis answers every command with
# "BUSY". If that happens when a job ends, the worker does not try to store the end again: it takes the answer
# for the failure of the job, tries to store that, and gives up. It has let go of the lock before, so the job
# stays active until the lock expires, counts as stalled and is run a second time, with attempts: 1 as well.
#
# Who meets it: jobs that send mail or charge a card, on a Redis where a script or `KEYS` takes some seconds.
#
# What helps: handlers that can run twice; a backend whose moveToFinished is tried again.
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
import { Redis } from 'ioredis';

const path = `${process.cwd()}/redis.sock`;
const options = ['--port', '0', '--unixsocket', path, '--save', '', '--busy-reply-threshold', '100'];
const server = spawn('redis-server', options, { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
const connection = { path, maxRetriesPerRequest: null };

/** Ends by itself after two seconds. */
const SCRIPT = `
  local function now() local t = redis.call('TIME') return t[1] + t[2] / 1000000 end
  local start = now()
  while now() - start < 2 do end`;

async function runs(isBusy) {
  const name = isBusy ? 'busy' : 'quiet';
  const other = new Redis({ path });
  const queue = new Queue(name, { connection });
  let handled = 0;
  let script;
  const worker = new Worker(
    name,
    async () => {
      handled += 1;
      if (!isBusy || handled > 1) return;
      script = other.eval(SCRIPT, 0);
      await sleep(500);
    },
    { connection, lockDuration: 3_000, stalledInterval: 1_000 },
  );
  worker.on('error', () => {});
  await queue.add('mail', {}, { attempts: 1 });
  let counts;
  do {
    await sleep(200);
    counts = await queue.getJobCounts().catch(() => ({}));
  } while (counts.completed !== 1 && counts.failed !== 1);
  await script;
  await worker.close();
  await queue.close();
  other.disconnect();
  return `handled ${handled} times, then ${counts.completed === 1 ? 'completed' : 'failed'}`;
}

console.log(`a quiet server: ${await runs(false)}`);
console.log(`busy for 2 s when the job ends: ${await runs(true)}`);
server.kill();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, ioredis 5.11.1, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'a quiet server: handled 1 times, then completed
busy for 2 s when the job ends: handled 2 times, then completed' ]
