import { type Context, type Span, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { AttributeValue, Attributes, Exception, Span as BullSpan } from 'bullmq';
import { carrierOf } from './carrier';
import { ATTRIBUTE, MESSAGING_SYSTEM } from './conventions';
import { failSpan } from './fail-span';
import type { JobOutcome, JobSpan, OpenJobSpans } from './open-job-spans';
import { ORIGIN, PUBLISHING, STORED } from './queue-context';
import type { QueueOperation } from './queue-operations';

/** What BullMQ says of a span, and what the conventions call it. Everything else would be noise, or data of the job. */
const NAMES: Readonly<Record<string, string>> = {
  'bullmq.queue.name': ATTRIBUTE.messagingDestination,
  'bullmq.job.id': ATTRIBUTE.messagingMessageId,
  'bullmq.job.bulk.count': ATTRIBUTE.messagingBatchCount,
  'bullmq.worker.name': ATTRIBUTE.messagingClientId,
};

/** One span of a queue, as BullMQ uses it. */
export class QueueSpan implements BullSpan<Context>, JobSpan {
  private queue = '';
  private id: string | undefined;
  private outcome: JobOutcome | undefined;

  constructor(
    private readonly span: Span,
    private readonly operation: QueueOperation,
    private readonly isPublication: boolean,
    private readonly open: OpenJobSpans,
  ) {
    span.setAttributes({
      [ATTRIBUTE.messagingSystem]: MESSAGING_SYSTEM,
      [ATTRIBUTE.messagingOperation]: operation.name,
      [ATTRIBUTE.messagingOperationType]: operation.name,
    });
  }

  setSpanOnContext(context: Context): Context {
    const inside = trace.setSpan(context, this.span);
    if (this.isPublication) {
      return inside.setValue(PUBLISHING, true).setValue(STORED, carrierOf(context));
    }
    if (this.operation.name !== 'process') return inside;
    // The attempts of a job are siblings: each is a child of what has added the job.
    const hasOrigin = trace.getSpanContext(context) !== undefined;
    return inside.setValue(ORIGIN, carrierOf(hasOrigin ? context : inside));
  }

  setAttribute(key: string, value: AttributeValue): void {
    const name = NAMES[key];
    if (name === undefined) return;
    this.span.setAttribute(name, value);
    if (name === ATTRIBUTE.messagingDestination) {
      this.queue = String(value);
      this.span.updateName(`${this.operation.name} ${this.queue}`);
    }
    if (name === ATTRIBUTE.messagingMessageId && this.operation.name === 'process') {
      this.id = String(value);
      this.open.add(this.queue, this.id, this);
    }
  }

  setAttributes(attributes: Attributes): void {
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined) this.setAttribute(key, value);
    }
  }

  /** BullMQ's have the result of the job, which may be anything. */
  addEvent(): void {
    // Left out.
  }

  recordException(exception: Exception): void {
    failSpan(this.span, exception);
  }

  /** How the attempt of a job has ended. */
  settle(outcome: JobOutcome, attempt: number | undefined, error?: Error): void {
    this.outcome = outcome;
    if (attempt !== undefined) this.span.setAttribute(ATTRIBUTE.jobAttempt, attempt);
    if (error !== undefined) failSpan(this.span, error);
  }

  end(): void {
    if (this.operation.name === 'process') {
      this.span.setAttribute(ATTRIBUTE.jobOutcome, this.outcome ?? 'requeued');
      this.open.remove(this.queue, this.id, this);
    }
    this.span.end();
  }
}

/** Of an operation without a span. */
export class NoQueueSpan implements BullSpan<Context> {
  /** @param isHidden whether what it asks of the store is no part of a trace either */
  constructor(private readonly isHidden: boolean) {}

  setSpanOnContext(context: Context): Context {
    if (!this.isHidden) return context;
    // What BullMQ stores with a job that is to be retried.
    return suppressTracing(context).setValue(STORED, context.getValue(ORIGIN));
  }

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
