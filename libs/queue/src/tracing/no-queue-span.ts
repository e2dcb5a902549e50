import { type Context, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Span } from 'bullmq';

/** Of an operation without a span. */
class NoQueueSpan implements Span<Context> {
  /** @param setSpanOnContext gives the context of what it asks of the store */
  constructor(readonly setSpanOnContext: (context: Context) => Context) {}

  setAttribute(): void {
    // There is no span.
  }

  setAttributes(): void {
    // There is no span.
  }

  addEvent(): void {
    // There is no span.
  }

  recordException(): void {
    // There is no span.
  }

  end(): void {
    // There is no span.
  }
}

/** What it asks of the store belongs to the request or the command that asks for it. */
export const UNTRACED_OPERATION = new NoQueueSpan((context) => context);

/** What it asks of the store is no part of a trace either. Where no span is recorded, there is nothing to hide. */
export const HIDDEN_OPERATION = new NoQueueSpan((context) =>
  trace.getSpan(context)?.isRecording() === true ? suppressTracing(context) : context,
);
