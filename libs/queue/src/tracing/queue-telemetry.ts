import { type Context, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { ContextManager, Span, Telemetry, Tracer } from 'bullmq';
import { carrierOf, withCarrier } from './carrier';
import { SCOPE } from './conventions';
import { HIDDEN_OPERATION, UNTRACED_OPERATION } from './no-queue-span';
import type { OpenJobSpans } from './open-job-spans';
import { ORIGIN, PUBLISHING, STORED } from './queue-context';
import { QUEUE_OPERATIONS, UNTRACED_OPERATIONS } from './queue-operations';
import { QueueSpan } from './queue-span';

/**
 * The spans of queues, and the carrier that is stored with each job, by BullMQ's own interface: it calls it wherever it
 * adds, runs or ends jobs.
 */
export class QueueTelemetry implements Telemetry<Context> {
  readonly tracer: Tracer<Context>;
  readonly contextManager: ContextManager<Context> = {
    active: () => context.active(),
    root: () => ROOT_CONTEXT,
    with: (inside, run) =>
      makesDifference(inside)
        ? context.with<unknown[], typeof run>(inside, run)
        : (run() as ReturnType<typeof run>),
    getMetadata: carrierToStore,
    fromMetadata: withCarrier,
  };
  private readonly spans = trace.getTracer(SCOPE);

  constructor(private readonly open: OpenJobSpans) {
    this.tracer = { startSpan: (name, _, parent) => this.startSpan(name, parent) };
  }

  /**
   * @param name BullMQ's: an operation, and what it is done to
   * @param stored the context of the carrier that a job came with
   */
  private startSpan(name: string, stored: Context | undefined): Span<Context> {
    const end = name.indexOf(' ');
    const word = end === -1 ? name : name.slice(0, end);
    const operation = QUEUE_OPERATIONS[word];
    if (operation === undefined) {
      return UNTRACED_OPERATIONS.has(word) ? UNTRACED_OPERATION : HIDDEN_OPERATION;
    }
    const parent = stored ?? context.active();
    if (operation.name === 'send' && parent.getValue(PUBLISHING) === true)
      return UNTRACED_OPERATION;
    const origin = stored?.getValue(ORIGIN) as string | undefined;
    return new QueueSpan(this.spans, { operation, parent, origin, open: this.open });
  }
}

/** What is stored with a job that is added in a context, or is to be retried in that of an attempt. */
function carrierToStore(active: Context): string {
  const known = active.getValue(STORED) ?? (isTracingSuppressed(active) && active.getValue(ORIGIN));
  return typeof known === 'string' ? known : carrierOf(active);
}

/**
 * Whether code has to run inside of a context. Where no span is recorded, what is hidden would have none anyway, and it is
 * the context that costs: it follows each promise (on Node 20 and 22 by hooks, which is most of what a span takes).
 */
function makesDifference(inside: Context): boolean {
  const active = context.active();
  if (inside === active) return false;
  if (!isTracingSuppressed(inside) || inside.getValue(PUBLISHING) === true) return true;
  return trace.getSpan(active)?.isRecording() === true;
}
