#!/bin/sh
# @nestjs/bullmq 11.0.5 with @nestjs/typeorm 11.0.3: `app.close()` takes the database from jobs that still run, or not, by
# the order in which two modules are imported.
#
# Both act in `onApplicationShutdown`: one closes the workers, which waits for their jobs; the other destroys the data
# source. Nest calls the modules one after another. If `TypeOrmModule` comes after `BullModule` in `imports`, the data
# source goes first, and each running job fails with "Driver not Connected" at its next statement, in every deployment.
# In the other order the jobs end in peace.
#
# Who meets it: workers with TypeORM, whose jobs fail when they are stopped, and only then. What helps: `TypeOrmModule`
# before `BullModule`; or close the workers in `onModuleDestroy` or `beforeApplicationShutdown`, as the workers of this
# workspace do (docs/decisions/0012-drain-in-on-module-destroy.md).
#
# Needs redis-server. Run by root, Postgres runs as the account 65534. Exits 0 if it is still so, and 1 if it has
# changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact @nestjs/bullmq@11.0.5 @nestjs/common@11.2.10 @nestjs/core@11.2.10 @nestjs/typeorm@11.0.3 \
  typeorm@1.1.1 pg@8.23.1 bullmq@6.7.0 reflect-metadata@0.2.2 rxjs@7.8.2 ioredis@5.11.1 embedded-postgres@18.4.0-beta.17
mkdir data
if [ "$(id -u)" = 0 ]; then
  chmod 755 .
  chown 65534:65534 data
fi

cat >main.mjs <<'JS'
import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import EmbeddedPostgres from 'embedded-postgres';
import { DataSource } from 'typeorm';

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
const path = `${process.cwd()}/data/redis.sock`;
const redis = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);

async function stop(title, order) {
  const queueName = title.replaceAll(' ', '-');
  const modules = {
    bull: () => [BullModule.forRoot({ connection: { path } }), BullModule.registerQueue({ name: queueName })],
    typeorm: () => [
      TypeOrmModule.forRoot({ type: 'postgres', url: `postgres://app:app@127.0.0.1:${port}/postgres` }),
    ],
  };
  const begun = deferred();
  let app;
  class Mail extends WorkerHost {
    async process() {
      begun.resolve();
      await sleep(500);
      const ended = app.get(DataSource).query('SELECT 1');
      console.log(`${title}: ${await ended.then(() => 'the job has stored its row', ({ message }) => message)}`);
    }
  }
  Processor(queueName)(Mail);
  class App {}
  Module({ imports: order.flatMap((name) => modules[name]()), providers: [Mail] })(App);
  app = await NestFactory.createApplicationContext(App, { logger: false });
  await app.get(getQueueToken(queueName)).add('mail', {});
  await begun.promise;
  await app.close();
}
function deferred() {
  const result = {};
  result.promise = new Promise((resolve) => (result.resolve = resolve));
  return result;
}
await stop('BullModule first', ['bull', 'typeorm']);
await stop('TypeOrmModule first', ['typeorm', 'bull']);
redis.kill();
await postgres.stop();
process.exit();
JS
output=$(node main.mjs)
echo "@nestjs/bullmq 11.0.5, @nestjs/typeorm 11.0.3, PostgreSQL 18.4 (embedded), $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'BullModule first: Driver not Connected
TypeOrmModule first: the job has stored its row' ]
