#!/bin/sh
# bullmq 6.7.0 on Redis: with `skipVersionCheck: true` a delayed job starts up to a second late on an idle worker.
#
# The option is meant for servers that refuse INFO. Without an answer, the worker takes the server for Redis 5, which
# waits for whole seconds only, and rounds its wait for the next delayed job up: 200 ms become 1 s. Retries with a
# backoff wait as long. Nothing is logged.
#
# Who meets it: workers on managed services that restrict INFO, with short delays, backoffs or rate limits.
# What helps: let the account use INFO, and omit the option.
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
const connection = { path, maxRetriesPerRequest: null };

/** The median of five, in milliseconds after the time at which the job was due. */
async function lateness(skipVersionCheck) {
  const name = `skip-${skipVersionCheck}`;
  const queue = new Queue(name, { connection });
  let started;
  const worker = new Worker(name, async () => started(Date.now()), { connection, skipVersionCheck });
  worker.on('error', () => {});
  await worker.waitUntilReady();
  const late = [];
  for (let round = 0; round < 5; round += 1) {
    await sleep(300);
    const start = new Promise((resolve) => (started = resolve));
    const due = Date.now() + 200;
    await queue.add('mail', {}, { delay: 200 });
    late.push((await start) - due);
  }
  await worker.close();
  await queue.close();
  return late.sort((a, b) => a - b)[2];
}

const checked = await lateness(false);
const skipped = await lateness(true);
console.error(`${checked} and ${skipped} ms late`);
console.log(`with the check: ${checked < 300 ? 'in time' : 'late'}`);
console.log(`without the check: ${skipped < 300 ? 'in time' : 'more than 300 ms late'}`);
server.kill();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'with the check: in time
without the check: more than 300 ms late' ]
