import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { QueueModule } from '../../module/queue.module';
import { runSandbox } from '../child/run-sandbox';
import { probes } from './probe.processors';

/* The sandbox file of the probes. */

runSandbox({
  registry: probes,
  createContext: async (processor, name) => {
    await sleep(Number(process.env['PROBE_START_DELAY'] ?? 0));
    const url = process.env['PROBE_STORE'] ?? '';
    const isTraced = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] !== undefined;
    const tracing = isTraced
      ? (await import('../../tracing/start-tracing')).startTracing('sandbox')
      : undefined;
    const queues = QueueModule.forRoot({
      url,
      applicationName: `sandbox ${name}`,
      lazy: true,
      telemetry: tracing?.telemetry,
    });
    const module = class SandboxModule extends Object {};
    return NestFactory.createApplicationContext(
      { module, imports: [queues, processor, ...(tracing === undefined ? [] : [tracing.module])] },
      { abortOnError: false, logger: false },
    );
  },
});
