import { SpanKind } from '@opentelemetry/api';

/** What a span of a queue is about, in the words of the messaging conventions. */
export interface QueueOperation {
  /** Also the first word of the span's name. */
  readonly name: 'create' | 'send' | 'process';
  readonly kind: SpanKind;
  /** Whether it sends jobs of an outbox, which have a carrier already. */
  readonly isPublication?: boolean;
}

const SEND: QueueOperation = { name: 'send', kind: SpanKind.PRODUCER };

/**
 * The operations that have a span, by the names that BullMQ and this library give to `trace`. `create` writes jobs to an
 * outbox, and `publish` sends them from there: the conventions give the latter the kind of a client.
 */
export const QUEUE_OPERATIONS: Readonly<Record<string, QueueOperation>> = {
  add: SEND,
  addBulk: SEND,
  addFlow: SEND,
  create: { name: 'create', kind: SpanKind.PRODUCER },
  publish: { name: 'send', kind: SpanKind.CLIENT, isPublication: true },
  process: { name: 'process', kind: SpanKind.CONSUMER },
};

/** Operations of an operator, whose statements belong to the request or the command that asks for them. */
export const UNTRACED_OPERATIONS: ReadonlySet<string> = new Set([
  'clean',
  'drain',
  'obliterate',
  'pause',
  'promoteJobs',
  'remove',
  'removeDeduplicationKey',
  'resume',
  'retryJobs',
]);
