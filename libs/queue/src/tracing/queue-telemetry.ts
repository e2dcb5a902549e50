import { type Context, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { ContextManager, Span, Telemetry, Tracer } from 'bullmq';
import { carrierOf, withCarrier } from './carrier';
import { SCOPE } from './conventions';
import type { OpenJobSpans } from './open-job-spans';
import { PUBLISHING, STORED } from './queue-context';
import { QUEUE_OPERATIONS, UNTRACED_OPERATIONS } from './queue-operations';
import { NoQueueSpan, QueueSpan } from './queue-span';

/**
 * The spans of queues, and the carrier that is stored with each job, by BullMQ's own interface: it calls it wherever it
 * adds, runs or ends jobs.
 */
export class QueueTelemetry implements Telemetry<Context> {
  readonly tracer: Tracer<Context>;
  readonly contextManager: ContextManager<Context> = {
    active: () => context.active(),
    root: () => ROOT_CONTEXT,
    with: (active, run) => context.with<unknown[], typeof run>(active, run),
    getMetadata: (active) => (active.getValue(STORED) as string | undefined) ?? carrierOf(active),
    fromMetadata: withCarrier,
  };

  constructor(open: OpenJobSpans) {
    this.tracer = { startSpan: (name, _, parent) => startSpan(open, name, parent) };
  }
}

/** @param name BullMQ's: an operation, and what it is done to */
function startSpan(open: OpenJobSpans, name: string, parent = context.active()): Span<Context> {
  const [word = ''] = name.split(' ', 1);
  const operation = QUEUE_OPERATIONS[word];
  if (operation === undefined) return new NoQueueSpan(!UNTRACED_OPERATIONS.has(word));
  if (operation.name === 'send' && parent.getValue(PUBLISHING) === true) {
    return new NoQueueSpan(false);
  }
  const span = trace.getTracer(SCOPE).startSpan(operation.name, { kind: operation.kind }, parent);
  return new QueueSpan(span, operation, word === 'publish', open);
}
