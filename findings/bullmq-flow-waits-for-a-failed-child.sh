#!/bin/sh
# bullmq 6.7.0: a flow whose child is a job that has already failed waits for ever, whatever its options say.
#
# A child with a `jobId` that exists is not added again: the flow takes the job that is there. If that job has completed,
# the parent gets its result at once. If it has failed, nothing happens any more that could tell the parent:
# `failParentOnFailure`, `ignoreDependencyOnFailure` and the others act in the moment of a failure, which has passed.
# The parent stays in `waiting-children`, without an error. The same holds on Postgres.
#
# Who meets it: flows with ids of one's own ("report:2026-11"), built again after one of their children has failed.
# What helps: no ids of one's own for children, or retry the failed job after the flow was added.
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
import { FlowProducer, Queue, Worker } from 'bullmq';

const path = `${process.cwd()}/redis.sock`;
const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
const connection = { path };
const quiet = () => {};
const options = [
  'failParentOnFailure',
  'continueParentOnFailure',
  'ignoreDependencyOnFailure',
  'removeDependencyOnFailure',
];
const parents = new Queue('parent', { connection });
const children = new Queue('child', { connection });
const flows = new FlowProducer({ connection });
const handle = async () => {
  throw new Error('no');
};
const worker = new Worker(children.name, handle, { connection });
worker.on('error', quiet);
for (const option of options) await children.add('part', {}, { jobId: `part of ${option}` });
while ((await children.getFailedCount()) < options.length) await sleep(20);

for (const option of options) {
  const opts = { jobId: `part of ${option}`, [option]: true };
  const { job } = await flows.add({
    name: 'sum',
    queueName: parents.name,
    children: [{ name: 'part', queueName: children.name, opts }],
  });
  // A child that fails now tells its parent within milliseconds.
  for (let tries = 0; tries < 30 && (await job.isWaitingChildren()); tries += 1) await sleep(30);
  const child = await children.getJob(opts.jobId);
  console.log(`${option}: the parent is ${await job.getState()}, its child ${await child.getState()}`);
}
await Promise.all([worker, parents, children, flows].map((one) => one.close()));
server.kill();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'failParentOnFailure: the parent is waiting-children, its child failed
continueParentOnFailure: the parent is waiting-children, its child failed
ignoreDependencyOnFailure: the parent is waiting-children, its child failed
removeDependencyOnFailure: the parent is waiting-children, its child failed' ]
