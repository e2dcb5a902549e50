#!/bin/sh
# @nestjs/bullmq 11.0.5: an asynchronous `@OnWorkerEvent` method that throws ends the process, and the jobs that run in it.
#
# A listener that throws at once is an `error` event of the worker, and everything goes on. Of an asynchronous one nobody
# waits for the promise, so what it throws is an unhandled rejection, for which Node ends the process with code 1. Nest
# catches what its own event handlers (@nestjs/event-emitter) throw; here it does not. Other jobs of that process stay
# active until their locks expire, and run again.
#
# Who meets it: `@OnWorkerEvent('completed') async …` that writes to a database or calls a webhook, when that is away for a
# moment: all workers end at once. What helps: try and catch in each such method. A `JobHost` of this workspace makes it an
# error of the worker.
#
# Needs redis-server. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact \
  @nestjs/bullmq@11.0.5 @nestjs/common@11.2.10 @nestjs/core@11.2.10 bullmq@6.7.0 ioredis@5.11.1 reflect-metadata@0.2.2 rxjs@7.8.2

cat >worker.mjs <<'JS'
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { BullModule, getQueueToken, OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const [path, kind] = process.argv.slice(2);
class Mail extends WorkerHost {
  async process({ name }) {
    if (name === 'long') await sleep(1_000);
  }
  completed() {
    const error = new Error('the audit log is away');
    if (kind === 'asynchronous') return Promise.reject(error);
    throw error;
  }
}
const completed = Object.getOwnPropertyDescriptor(Mail.prototype, 'completed');
OnWorkerEvent('completed')(Mail.prototype, 'completed', completed);
Processor(kind, { concurrency: 2 })(Mail);
class App {}
Module({
  imports: [BullModule.forRoot({ connection: { path } }), BullModule.registerQueue({ name: kind })],
  providers: [Mail],
})(App);
const app = await NestFactory.createApplicationContext(App, { logger: false });
app.get(Mail).worker.on('error', () => {});
const queue = app.get(getQueueToken(kind));
await queue.addBulk(['long', 'short'].map((name) => ({ name, data: {} })));
while ((await queue.getCompletedCount()) < 2) await sleep(20);
console.log(`${kind}: both jobs have completed`);
await app.close();
JS
cat >main.mjs <<'JS'
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';

const path = `${process.cwd()}/redis.sock`;
const redis = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
for (const kind of ['synchronous', 'asynchronous']) {
  const { status, stdout } = spawnSync(process.execPath, ['worker.mjs', path, kind], { encoding: 'utf8' });
  process.stdout.write(stdout);
  const queue = new Queue(kind, { connection: { path } });
  const { active, completed } = await queue.getJobCounts();
  console.log(`${kind}: exit code ${status}, completed ${completed}, left active ${active}`);
  await queue.close();
}
redis.kill();
process.exit();
JS
output=$(node main.mjs)
echo "@nestjs/bullmq 11.0.5, bullmq 6.7.0, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'synchronous: both jobs have completed
synchronous: exit code 0, completed 2, left active 0
asynchronous: exit code 1, completed 1, left active 1' ]
