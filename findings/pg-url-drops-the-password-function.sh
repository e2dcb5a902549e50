#!/bin/sh
# pg 8.23.1: a password that is a function is never called when the server is given by a connection string.
#
# `password` may be a function that is asked for each connection, for tokens that expire and passwords that are
# changed. Beside `host` and `user` it works. Beside `connectionString` it does not, although the string has no
# password: what the string lacks replaces what is set, the function is dropped in silence, and the client sends an
# empty password. The error of the server then speaks of a wrong password, not of one that was not asked for.
#
# Who meets it: applications with one DATABASE_URL and IAM tokens or a mounted secret, also through pools and through
# libraries that pass a URL on as `connectionString`. What helps: take the URL apart, or set the password
# on the client after it was made.
#
# The server is a socket that asks for a password, as Postgres does, and prints what it gets.
# Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact pg@8.23.1

cat >main.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:net';
import pg from 'pg';

/** AuthenticationCleartextPassword of the Postgres protocol. */
const PASSWORD_PLEASE = Buffer.from('R\0\0\0\x08\0\0\0\x03', 'latin1');

let sent;
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.write(PASSWORD_PLEASE);
    socket.once('data', (message) => {
      sent = message.subarray(5, -1).toString();
      socket.end();
    });
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();

async function show(title, config) {
  let asked = 0;
  const password = () => {
    asked += 1;
    return 'a-token';
  };
  const client = new pg.Client({ ...config, password });
  client.on('error', () => {});
  // The server ends the connection: only the password matters.
  await client.connect().catch(() => {});
  console.log(`${title}: the function was called ${asked} times, and "${sent}" was sent`);
}

await show('host and user', { host: '127.0.0.1', port, user: 'app', database: 'app' });
await show('connection string', { connectionString: `postgres://app@127.0.0.1:${port}/app` });
server.close();
JS
output=$(node main.mjs)
echo "pg 8.23.1, node $(node --version)"
echo "$output"

[ "$output" = 'host and user: the function was called 1 times, and "a-token" was sent
connection string: the function was called 0 times, and "" was sent' ]
