import type { DynamicModule } from '@nestjs/common';
import type { Telemetry } from 'bullmq';
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
}

/**
 * Starts OpenTelemetry in this process, once, as its variables say (`OTEL_EXPORTER_OTLP_ENDPOINT` and others). Requests,
 * jobs, SQL statements, Redis commands and HTTP requests have spans from then on; those of the application join them.
 *
 *     const tracing = startTracing('worker');
 *     const { telemetry, observers } = tracing;
 *     imports: [QueueModule.forRoot({ url, telemetry, observers }), tracing.module]
 *
 * @param service the name of the service, unless `OTEL_SERVICE_NAME` says another
 */
export function startTracing(service: string): Tracing {
  const exporter = new TraceExporter(service);
  const open = new OpenJobSpans(exporter.flush);
  const undo = [traceSql(), traceRedis(), traceFetch(), traceHttpClients()];
  const stop = async () => {
    await exporter.stop();
    for (const each of undo) each();
  };
  return {
    telemetry: new QueueTelemetry(open),
    observers: [open],
    module: TracingModule.for(stop),
    requests: traceRequests,
  };
}
