/** Of a W3C trace context. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Where @opentelemetry/api keeps itself, so that several copies of it in a process share one tracer. */
const API = Symbol.for('opentelemetry.js.api.1');

/** The key of the active span in its context. */
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

interface OpenTelemetry {
  readonly context?: {
    active(): { getValue(key: symbol): { spanContext(): TraceIds } | undefined };
  };
}

/**
 * The trace that the code is part of, if something has started OpenTelemetry. Read without @opentelemetry/api, which
 * a process without traces would have to load for it.
 */
export function activeTrace(): TraceIds | undefined {
  const api = (globalThis as unknown as Record<symbol, OpenTelemetry | undefined>)[API];
  const span = api?.context?.active().getValue(SPAN);
  if (span === undefined) return undefined;
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}
