#!/bin/sh
# ioredis 5.11.1: `reconnectOnError` does not see that the server has become a replica if the command is a script in a
# transaction.
#
# The documented way to survive a failover behind one address is `reconnectOnError: (error) =>
# error.message.startsWith('READONLY')`. It is asked for the error of a command. A script in MULTI is refused in the
# answer to EXEC, as an item of a list, and for that it is not asked: the client stays with the former master, and
# every such transaction fails until something else ends the connection.
#
# Who meets it: what adds by scripts in transactions, such as BullMQ's addBulk and its flows. A process that only adds
# in bulk never follows the failover. What helps: look at the items of each EXEC, and reconnect.
#
# Needs redis-server. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact ioredis@5.11.1

cat >main.mjs <<'JS'
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const path = `${process.cwd()}/redis.sock`;
const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);

let seen = 0;
const client = new Redis({
  path,
  reconnectOnError: ({ message }) => {
    if (message.startsWith('READONLY')) seen += 1;
    return false;
  },
});
await client.ping();
// As after a failover: this server follows another one now.
await client.replicaof('127.0.0.1', '1');

const SET = `return redis.call('SET', KEYS[1], '1')`;
const READONLY = /READONLY/;

async function show(title, run) {
  seen = 0;
  const answer = await run().catch((error) => [[error]]);
  const refused = READONLY.test(String(answer[0][0]?.message));
  console.log(`${title}: ${refused ? 'READONLY' : 'another answer'}, reconnectOnError saw it ${seen} times`);
}

await show('a script', () => client.eval(SET, 1, 'key'));
await show('a script in a transaction', () => client.multi().eval(SET, 1, 'key').exec());
client.disconnect();
server.kill();
JS
output=$(node main.mjs)
echo "ioredis 5.11.1, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'a script: READONLY, reconnectOnError saw it 1 times
a script in a transaction: READONLY, reconnectOnError saw it 0 times' ]
