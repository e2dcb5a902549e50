#!/bin/sh
# bullmq 6.7.0 with bullmq-otel 2.0.1: all runs of a schedule are in the trace of the call that made the schedule.
#
# `upsertJobScheduler()` keeps the context of its span with the schedule, and every run takes it from there: each
# `process` span is a child of that first `add`, days or months later. The `add` spans of the later runs are roots of
# traces with nothing else in them. On Postgres it is the same.
#
# Who meets it: a trace that never ends is sampled as a whole or not at all, is cut by most back ends, and shows the
# start of an application as the cause of all its nightly jobs. What helps: `telemetry: { omitContext: true }` in the
# options of the schedule's template, so that each run begins a trace.
#
# Needs redis-server. Exits 0 if it is still so, and 1 if it has changed.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact bullmq@6.7.0 bullmq-otel@2.0.1 ioredis@5.11.1 \
  @opentelemetry/api@1.9.1 @opentelemetry/context-async-hooks@2.11.0 @opentelemetry/core@2.11.0 @opentelemetry/sdk-trace-base@2.11.0

cat >main.mjs <<'JS'
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Queue, Worker } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

const path = `${process.cwd()}/redis.sock`;
const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
const options = { connection: { path }, telemetry: new BullMQOtel({ tracerName: 'finding' }) };
async function run(title, opts) {
  exporter.reset();
  const queue = new Queue(title, options);
  await queue.upsertJobScheduler('nightly', { every: 300, limit: 3 }, { name: 'nightly', opts });
  const worker = new Worker(title, async () => {}, options);
  const runs = () => exporter.getFinishedSpans().filter(({ name }) => name === `process ${title}`);
  while (runs().length < 3) await sleep(20);
  console.log(`${title}: 3 runs in ${new Set(runs().map((span) => span.spanContext().traceId)).size} trace(s)`);
  await worker.close();
  await queue.close();
}
await run('default', {});
await run('omitContext', { telemetry: { omitContext: true } });
server.kill();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, bullmq-otel 2.0.1, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'default: 3 runs in 1 trace(s)
omitContext: 3 runs in 3 trace(s)' ]
