#!/bin/sh
# bullmq 6.7.0 on Redis: a job with the id "meta" is acknowledged, and is not there.
#
# On Redis each job is a hash under the queue's prefix and its id, beside the keys of the queue itself. The hash
# of the queue's settings has the name "meta". `add` takes that id, finds that a hash with that name exists and
# takes it for the same job, added before: it resolves with the id and stores nothing. There is no error, and no
# worker ever runs the job.
#
# Who meets it: whoever takes job ids from data, such as the name of a document, a tenant or a topic.
#
# What helps: a prefix in every id of one's own, such as order-123.
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
import { Queue, Worker } from 'bullmq';

const path = `${process.cwd()}/redis.sock`;
const options = ['--port', '0', '--unixsocket', path, '--save', ''];
const server = spawn('redis-server', options, { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
const connection = { path, maxRetriesPerRequest: null };

const queue = new Queue('mail', { connection });
for (const jobId of ['meta', 'order-1']) {
  const { id } = await queue.add('send', { to: 'ada@example.com' }, { jobId });
  console.log(`add resolves: ${id}`);
}
const ran = [];
const worker = new Worker('mail', async ({ id }) => void ran.push(id), { connection });
let counts;
do counts = await queue.getJobCounts();
while (counts.completed === 0 || counts.waiting > 0 || counts.active > 0);
console.log(`run: ${ran}`);
await Promise.all([worker.close(), queue.close()]);
server.kill();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, ioredis 5.11.1, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'add resolves: meta
add resolves: order-1
run: order-1' ]
