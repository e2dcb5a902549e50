#!/bin/sh
# bullmq 6.7.0 on Redis: a job that runs for longer than its lock is started a second time beside itself, because the
# memory of the server was full for a while.
#
# With `maxmemory-policy noeviction`, which BullMQ asks for, a server that is full refuses each script that may need
# memory. The script that renews the lock of a running job is one of them, although it replaces a value by one of the
# same size. So the lock expires while the handler goes on, and when memory is free again another worker finds the
# job stalled and starts it, with attempts: 1 as well.
#
# Who meets it: jobs that take longer than `lockDuration` (30 s), on a Redis that is full for that long, such as one
# whose queue grows. What helps: an alarm well below maxmemory; handlers that can run twice.
#
# Needs redis-server. Exits 0 if it is still so, and 1 if it has changed. Takes about 20 s.
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
const options = ['--port', '0', '--unixsocket', path, '--save', '', '--maxmemory-policy', 'noeviction'];
const server = spawn('redis-server', options, { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
const connection = { path, maxRetriesPerRequest: null };

async function starts(isFull) {
  const name = isFull ? 'full' : 'free';
  const admin = new Redis({ path });
  const queue = new Queue(name, { connection });
  let started = 0;
  const handler = async () => {
    started += 1;
    if (started > 1) return;
    // Below what is in use already.
    if (isFull) await admin.config('SET', 'maxmemory', 1);
    await sleep(4_000);
    await admin.config('SET', 'maxmemory', 0);
    await sleep(4_000);
  };
  const workers = [1, 2].map(
    () => new Worker(name, handler, { connection, lockDuration: 2_000, stalledInterval: 1_000 }),
  );
  for (const worker of workers) worker.on('error', () => {});
  await queue.add('mail', {}, { attempts: 1 });
  while (started === 0) await sleep(50);
  await sleep(9_000);
  await Promise.all(workers.map((worker) => worker.close()));
  await queue.close();
  admin.disconnect();
  return `started ${started} ${started === 1 ? 'time' : 'times'}`;
}

console.log(`memory free, a job of 8 s: ${await starts(false)}`);
console.log(`memory full for 4 s of them: ${await starts(true)}`);
server.kill();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, ioredis 5.11.1, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'memory free, a job of 8 s: started 1 time
memory full for 4 s of them: started 2 times' ]
