#!/bin/sh
# bullmq 6.7.0: `queue.addBulk()` resolves although one of its jobs was not added, and gives that job the id -5.
#
# A job that is added under a `parent` that is gone is refused: `queue.add()` rejects with "Missing key for parent job".
# `addBulk` does not look at the answers of the store. The refused job is among those that it returns, and its `id` is
# the code of the error (on Postgres as a text). The others are added.
#
# Who meets it: handlers that give their own job children in bulk, when that job was removed or cleaned meanwhile; code
# that stores the ids it got. What helps: check that each `id` names a job, or add jobs with a parent one by one.
#
# Needs redis-server. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact bullmq@6.7.0 ioredis@5.11.1

cat >main.mjs <<'JS'
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';

const path = `${process.cwd()}/redis.sock`;
const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
const connection = { path };
const quiet = () => {};
const parents = new Queue('parent', { connection });
const children = new Queue('child', { connection });
const parent = await parents.add('sum', {});
const opts = { parent: { id: parent.id, queue: parent.queueQualifiedName } };
await parent.remove();

const one = await children.add('part', {}, opts).then(() => 'added', () => 'rejected');
console.log(`add: ${one}`);
const jobs = await children.addBulk([
  { name: 'part', data: {}, opts },
  { name: 'other', data: {} },
]);
for (const { name, id } of jobs) {
  console.log(`addBulk: ${name} has the id ${id}, which is ${(await children.getJob(`${id}`)) ? 'a job' : 'no job'}`);
}
await parents.close();
await children.close();
server.kill();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'add: rejected
addBulk: part has the id -5, which is no job
addBulk: other has the id 1, which is a job' ]
