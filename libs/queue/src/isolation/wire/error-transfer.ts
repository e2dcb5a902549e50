import { types } from 'node:util';
import { UnrecoverableError } from 'bullmq';
import { JobAbortedError } from '../../attempt/job-aborted.error';
import { JobCancelledError } from '../../attempt/job-cancelled.error';
import { JobTimeoutError } from '../../attempt/job-timeout.error';
import { NonRetryableError } from '../../errors/non-retryable.error';
import { markAsQueueError, QueueError } from '../../errors/queue.error';
import { RetryAfterError } from '../../attempt/retry-after.error';
import { reasonOf } from '../../text/reason-of';

/** The error classes that the other side checks for, with their fields; times are in milliseconds. */
type ErrorKind =
  | { readonly is: 'aborted'; readonly deadline: number }
  | {
      readonly is: 'timeout';
      readonly job: string;
      readonly jobId: string;
      readonly timeout: number;
    }
  | { readonly is: 'cancelled'; readonly reason: string }
  | { readonly is: 'non-retryable' }
  | { readonly is: 'retry-after'; readonly delay?: number; readonly wholeKey?: boolean };

/** A serialised error. */
export interface TransferredError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: TransferredError;
  /** Set if its class decides what happens to the job, so the class must be restored. */
  readonly kind?: ErrorKind;
  /** Whether it is one of this library's, and so has to be an instance of {@link QueueError} again. */
  readonly isQueueError?: boolean;
  /** Of Node's errors as well, such as ECONNREFUSED. */
  readonly code?: string;
  /** As {@link QueueError.userFacing}. */
  readonly userFacing?: boolean;
}

/** The maximum depth of causes to transfer. */
const MAX_DEPTH = 5;

/** Serialises a thrown value for the other side. */
export function transferError(thrown: unknown, depth = 0): TransferredError {
  if (!isError(thrown)) return { name: 'Error', message: reasonOf(thrown) };
  const { name, message, stack, cause } = thrown;
  const transferred = { name, message, stack, kind: kindOf(thrown), ...marksOf(thrown) };
  if (cause === undefined || depth >= MAX_DEPTH) return transferred;
  return { ...transferred, cause: transferError(cause, depth + 1) };
}

/** Restores an error thrown on the other side. */
export function rebuildError(error: TransferredError): Error {
  const cause = error.cause && rebuildError(error.cause);
  const rebuilt = instanceOf(error, cause === undefined ? {} : { cause });
  // Non-enumerable, so that they are not listed among the error's own data.
  for (const property of ['name', 'stack'] as const) {
    const value = error[property];
    if (value === undefined) continue;
    Object.defineProperty(rebuilt, property, {
      value,
      enumerable: false,
      configurable: true,
      writable: true,
    });
  }
  const { isQueueError, code, userFacing } = error;
  if (isQueueError) markAsQueueError(rebuilt);
  if (code !== undefined) Object.assign(rebuilt, { code });
  if (userFacing !== undefined) Object.assign(rebuilt, { userFacing });
  return rebuilt;
}

function marksOf(error: Error): Pick<TransferredError, 'isQueueError' | 'code' | 'userFacing'> {
  const { code, userFacing } = error as Error & { code?: unknown; userFacing?: unknown };
  return {
    isQueueError: error instanceof QueueError || undefined,
    code: typeof code === 'string' ? code : undefined,
    userFacing: typeof userFacing === 'boolean' ? userFacing : undefined,
  };
}

function kindOf(error: Error): ErrorKind | undefined {
  if (error instanceof JobAbortedError) return { is: 'aborted', deadline: error.deadline };
  if (error instanceof RetryAfterError) {
    const { delay, wholeKey } = error;
    return { is: 'retry-after', delay, wholeKey };
  }
  if (error instanceof JobCancelledError) return { is: 'cancelled', reason: error.reason };
  if (error instanceof UnrecoverableError) return { is: 'non-retryable' };
  if (!(error instanceof JobTimeoutError)) return undefined;
  const { job, jobId, timeout } = error;
  return { is: 'timeout', job, jobId, timeout };
}

function instanceOf({ kind, message }: TransferredError, options: ErrorOptions): Error {
  switch (kind?.is) {
    case 'aborted':
      return new JobAbortedError(kind.deadline);
    case 'timeout':
      return new JobTimeoutError(kind.job, kind.jobId, kind.timeout, options);
    case 'cancelled':
      return new JobCancelledError(kind.reason, options);
    case 'non-retryable':
      return new NonRetryableError(message, options);
    case 'retry-after':
      return new RetryAfterError(kind.delay, message, { ...options, wholeKey: kind.wholeKey });
    case undefined:
      return new Error(message, options);
  }
}

function isError(thrown: unknown): thrown is Error {
  // Under Jest, Node's errors are not instances of this realm's class.
  return thrown instanceof Error || types.isNativeError(thrown);
}
