import {
  type Attributes as SpanAttributes,
  type Context,
  type Span,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { AttributeValue, Attributes, Exception, Span as BullSpan } from 'bullmq';
import { carrierOf } from './carrier';
import { ATTRIBUTE, MESSAGING_SYSTEM } from './conventions';
import { failSpan } from './fail-span';
import type { JobOutcome, JobSpan, OpenJobSpans } from './open-job-spans';
import { ORIGIN, PUBLISHING, STORED } from './queue-context';
import type { QueueOperation } from './queue-operations';

/** How BullMQ names the queue of a span, and the job. */
const QUEUE = 'bullmq.queue.name';
const JOB = 'bullmq.job.id';

/** What BullMQ says of a span, and what the conventions call it. Everything else would be noise, or data of the job. */
const NAMES = new Map<string, string>([
  [JOB, ATTRIBUTE.messagingMessageId],
  ['bullmq.job.bulk.count', ATTRIBUTE.messagingBatchCount],
  ['bullmq.worker.name', ATTRIBUTE.messagingClientId],
]);

/** What a span of a queue is about. */
export interface QueueSpanOptions {
  readonly operation: QueueOperation;
  readonly parent: Context;
  /** The carrier that `parent` came with. */
  readonly origin: string | undefined;
  /** Where the spans of attempts are found. */
  readonly open: OpenJobSpans;
}

/**
 * One span of a queue, as BullMQ uses it. It begins when BullMQ names its queue, so that a sampler sees it as it will be
 * shown. One that is not sampled costs no more than its ids.
 */
export class QueueSpan implements BullSpan<Context>, JobSpan {
  private begun: Span | undefined;
  private queue = '';
  private id: string | undefined;
  private outcome: JobOutcome | undefined;

  constructor(
    private readonly tracer: Tracer,
    private readonly options: QueueSpanOptions,
  ) {}

  private get span(): Span {
    this.begun ??= this.begin();
    return this.begun;
  }

  private begin(): Span {
    const { operation, parent } = this.options;
    const { kind } = operation;
    const name = `${operation.name} ${this.queue}`.trimEnd();
    return this.tracer.startSpan(name, { kind, attributes: this.firstAttributes() }, parent);
  }

  private firstAttributes(): SpanAttributes {
    const { name } = this.options.operation;
    return {
      [ATTRIBUTE.messagingSystem]: MESSAGING_SYSTEM,
      [ATTRIBUTE.messagingOperation]: name,
      [ATTRIBUTE.messagingOperationType]: name,
      [ATTRIBUTE.messagingDestination]: this.queue,
    };
  }

  setSpanOnContext(context: Context): Context {
    const inside = trace.setSpan(context, this.span);
    const { operation, origin } = this.options;
    if (operation.name === 'process') return this.withOrigin(context, inside);
    if (operation.isPublication === true) {
      const stored = origin ?? carrierOf(context);
      return suppressTracing(inside).setValue(PUBLISHING, true).setValue(STORED, stored);
    }
    // What is asked of the store is the operation itself, and needs no spans of its own.
    return suppressTracing(inside).setValue(STORED, carrierOf(inside));
  }

  /** The attempts of a job are siblings: each is a child of what has added the job. */
  private withOrigin(context: Context, inside: Context): Context {
    const { origin } = this.options;
    if (origin !== undefined) return inside;
    const hasParent = trace.getSpanContext(context) !== undefined;
    return inside.setValue(ORIGIN, carrierOf(hasParent ? context : inside));
  }

  setAttribute(key: string, value: AttributeValue): void {
    if (key === QUEUE) this.queue = String(value);
    const { span } = this;
    if (!span.isRecording()) return;
    if (key === JOB && this.options.operation.name === 'process') {
      this.id = String(value);
      this.options.open.add(this.queue, this.id, this);
    }
    const name = NAMES.get(key);
    if (name !== undefined) span.setAttribute(name, value);
  }

  setAttributes(attributes: Attributes): void {
    for (const key in attributes) {
      const value = attributes[key];
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
    if (this.id !== undefined) {
      this.span.setAttribute(ATTRIBUTE.jobOutcome, this.outcome ?? 'requeued');
      this.options.open.remove(this.queue, this.id, this);
    }
    this.span.end();
  }
}
