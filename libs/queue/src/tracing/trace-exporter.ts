import { Logger } from '@nestjs/common';
import { context, propagation, type TextMapPropagator, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  CompositePropagator,
  setGlobalErrorHandler,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { reasonOf } from '../text/reason-of';
import { settleWithin } from '../timing/settle-within';
import { Throttle } from '../timing/throttle';

/** In milliseconds: how long spans may take to be sent when the process stops. */
const LAST_EXPORT = 1_000;

/** In milliseconds: how long further failures are not logged. */
const QUIET = 60_000;

/** The SDK of one process. It reads the variables of OpenTelemetry by itself. */
export class TraceExporter {
  private readonly provider: BasicTracerProvider;

  /** @param service its name, unless OTEL_SERVICE_NAME says another */
  constructor(service: string) {
    reportFailures();
    const resource = defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service }))
      .merge(detectResources({ detectors: [envDetector] }));
    this.provider = new BasicTracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor(createExporter())],
    });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new CompositePropagator({ propagators: createPropagators() }));
    trace.setGlobalTracerProvider(this.provider);
  }

  /** Sends what is there, as far as it can: a collector that is away is not waited for. */
  readonly flush = async (): Promise<void> => {
    await settleWithin(
      LAST_EXPORT,
      this.provider.forceFlush().catch(() => undefined),
    );
  };

  /** A collector that is away is not waited for: the SDK would for ten seconds. */
  async stop(): Promise<void> {
    await settleWithin(
      LAST_EXPORT,
      this.provider.shutdown().catch(() => undefined),
    );
    trace.disable();
    propagation.disable();
    context.disable();
  }
}

function createExporter(): JsonExporter | ProtobufExporter {
  const { env } = process;
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || env['OTEL_EXPORTER_OTLP_PROTOCOL'];
  return protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
}

/** The part of the SDK that reads `OTEL_PROPAGATORS` is not among its packages here. Unknown ones do not count. */
function createPropagators(): TextMapPropagator[] {
  const names = (process.env['OTEL_PROPAGATORS'] ?? '').split(',').map((name) => name.trim());
  if (names.includes('none')) return [];
  const wanted = names.filter((name) => ['tracecontext', 'baggage'].includes(name));
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
  return [
    ...(isWanted('tracecontext') ? [new W3CTraceContextPropagator()] : []),
    ...(isWanted('baggage') ? [new W3CBaggagePropagator()] : []),
  ];
}

/** The SDK drops what it cannot send, and says nothing. */
function reportFailures(): void {
  const logger = new Logger('Tracing');
  const failures = new Throttle(QUIET);
  setGlobalErrorHandler((error) => {
    if (failures.pass('') === undefined) return;
    logger.warn(
      `Spans could not be exported: ${reasonOf(error)}. They are lost; jobs go on. ` +
        'Check OTEL_EXPORTER_OTLP_ENDPOINT and its collector.',
    );
  });
}
