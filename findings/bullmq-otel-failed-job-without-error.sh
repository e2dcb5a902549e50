#!/bin/sh
# bullmq 6.7.0 with bullmq-otel 2.0.1: the span of a job that has failed is not marked as an error.
#
# The span `process <queue>` of a job whose handler throws has the status UNSET and no recorded exception; it has an
# event `job failed` with the message. OpenTelemetry's own instrumentations set the status ERROR. On Postgres it is the
# same.
#
# Who meets it: error rates, alerts and tail sampling by status see no failed job. What helps: in the handler, record
# the exception and set the status of a span of one's own; or count the event.
#
# Needs redis-server. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact bullmq@6.7.0 bullmq-otel@2.0.1 ioredis@5.11.1 \
  @opentelemetry/api@1.9.1 @opentelemetry/context-async-hooks@2.11.0 @opentelemetry/sdk-trace-base@2.11.0

cat >main.mjs <<'JS'
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Queue, Worker } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const path = `${process.cwd()}/redis.sock`;
const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
const options = { connection: { path }, telemetry: new BullMQOtel({ tracerName: 'finding' }) };
const queue = new Queue('invoice', options);
await queue.add('invoice', {});
const fail = async () => {
  throw new Error('no address');
};
const worker = new Worker('invoice', fail, options);
const find = () => exporter.getFinishedSpans().find(({ name }) => name === 'process invoice');
while (find() === undefined) await sleep(20);
const { status, events } = find();
console.log(`jobs that failed: ${await queue.getFailedCount()}`);
console.log(`status: ${SpanStatusCode[status.code]}`);
console.log(`events: ${events.map(({ name }) => name).join(', ')}`);
await worker.close();
server.kill();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, bullmq-otel 2.0.1, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'jobs that failed: 1
status: UNSET
events: job failed' ]
