#!/bin/sh
# bullmq 6.7.0 with bullmq-otel 2.0.1: a job of a flow that is added without `opts` is not in the flow's trace.
#
# `FlowProducer.add()` makes a span for each node, and hands its context on to the job only if the node has `opts`, be
# they empty. The jobs of other nodes run in traces of their own: nothing leads from the request that added the flow to
# them. `Queue.add()` without options hands it on. On Postgres it is the same.
#
# Who meets it: everybody who follows a flow through OpenTelemetry; most nodes have no options. What helps: give every
# node `opts: {}`.
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
import { FlowProducer, Worker } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

const path = `${process.cwd()}/redis.sock`;
const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], { stdio: 'ignore' });
while (!existsSync(path)) await sleep(20);
const options = { connection: { path }, telemetry: new BullMQOtel({ tracerName: 'finding' }) };
const flows = new FlowProducer(options);
async function run(title, node) {
  exporter.reset();
  await flows.add({ name: 'sum', queueName: title, ...node, children: [{ name: 'part', queueName: title, ...node }] });
  const worker = new Worker(title, async () => {}, options);
  const processed = () => exporter.getFinishedSpans().filter(({ name }) => name === `process ${title}`);
  while (processed().length < 2) await sleep(20);
  const added = exporter.getFinishedSpans().find(({ name }) => name.startsWith('addFlow'));
  const ids = processed().map((span) => span.spanContext().traceId === added.spanContext().traceId);
  console.log(`${title}: ${ids.filter(Boolean).length} of ${ids.length} jobs run in the trace of the flow`);
  await worker.close();
}
await run('without', {});
await run('with', { opts: {} });
server.kill();
process.exit();
JS
output=$(node main.mjs)
echo "bullmq 6.7.0, bullmq-otel 2.0.1, $(redis-server --version | cut -d' ' -f1-3), node $(node --version)"
echo "$output"

[ "$output" = 'without: 0 of 2 jobs run in the trace of the flow
with: 2 of 2 jobs run in the trace of the flow' ]
