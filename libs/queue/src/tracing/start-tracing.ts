import type { DynamicModule } from '@nestjs/common';
import type { Telemetry } from 'bullmq';
import { processCrashes } from '../attempt/process-crashes';
import type { QueueObserver } from '../observe/queue-observer';
import { traceFetch } from './fetch-spans';
import { traceHttpClients } from './http-client-spans';
import { OpenJobSpans } from './open-job-spans';
import { QueueTelemetry } from './queue-telemetry';
import { traceRedis } from './redis-spans';
import { traceSql } from './sql-spans';
import { TraceExporter } from './trace-exporter';
import { traceRequests } from './trace-requests';
import { TracingModule } from './tracing.module';

/** What an application needs to trace its jobs. */
export interface Tracing {
  /** For `telemetry` of `QueueModule`. */
  readonly telemetry: Telemetry;
  /** For `observers` of `QueueModule`. */
  readonly observers: readonly QueueObserver[];
  /** For the `imports` of the root module. */
  readonly module: DynamicModule;
  /** Middleware of Express: a span for each request. */
  readonly requests: typeof traceRequests;
  /**
   * Sends what is recorded, within a second: for a process that ends by itself without closing its application. A worker
   * that crashes does it.
   */
  readonly flush: () => Promise<void>;
}

/**
 * Starts OpenTelemetry in this process, once, as its variables say (`OTEL_EXPORTER_OTLP_ENDPOINT` and others). Requests,
 * jobs, SQL statements, Redis commands and HTTP requests have spans from then on; those of the application join them.
 * With `OTEL_SDK_DISABLED=true` nothing has.
 *
 *     const tracing = startTracing('worker');
 *     const { telemetry, observers } = tracing;
 *     imports: [QueueModule.forRoot({ url, telemetry, observers }), tracing.module]
 *
 * @param service the name of the service, unless `OTEL_SERVICE_NAME` says another
 */
export function startTracing(service: string): Tracing {
  const open = new OpenJobSpans();
  if (isDisabled()) {
    return {
      telemetry: new QueueTelemetry(open),
      observers: [],
      module: TracingModule.for(() => Promise.resolve()),
      requests: (_request, _response, next) => {
        next();
      },
      flush: () => Promise.resolve(),
    };
  }
  const exporter = new TraceExporter(service);
  const undo = [
    traceSql(),
    traceRedis(),
    traceFetch(),
    traceHttpClients(),
    processCrashes.beforeEnd(exporter.flush),
  ];
  const stop = async () => {
    await exporter.stop();
    for (const each of undo) each();
  };
  return {
    telemetry: new QueueTelemetry(open),
    observers: [open],
    module: TracingModule.for(stop),
    requests: traceRequests,
    flush: exporter.flush,
  };
}

/** By the specification, no other value disables it. */
function isDisabled(): boolean {
  return process.env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
}
