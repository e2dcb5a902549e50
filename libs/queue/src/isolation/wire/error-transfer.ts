import { types } from 'node:util';
import { UnrecoverableError } from 'bullmq';
import { JobAbortedError } from '../../attempt/job-aborted.error';
import { JobTimeoutError } from '../../attempt/job-timeout.error';
import { NonRetryableError } from '../../errors/non-retryable.error';
import { RetryAfterError } from '../../attempt/retry-after.error';
import { reasonOf } from '../../text/reason-of';

/** The classes that one side asks for, with what they are made of; times are in milliseconds. */
type ErrorKind =
  | { readonly is: 'aborted'; readonly deadline: number }
  | {
      readonly is: 'timeout';
      readonly job: string;
      readonly jobId: string;
      readonly timeout: number;
    }
  | { readonly is: 'non-retryable' }
  | { readonly is: 'retry-after'; readonly delay?: number };

/** An error as JSON. */
export interface TransferredError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: TransferredError;
  /** It decides what becomes of the job, so it has to be an instance of its class again. */
  readonly kind?: ErrorKind;
  /** Whether the message is all that a person needs to see. */
  readonly userFacing?: boolean;
}

/** How many causes of causes are passed on. */
const MAX_DEPTH = 5;

/** What was thrown, for the other side. */
export function transferError(thrown: unknown, depth = 0): TransferredError {
  if (!isError(thrown)) return { name: 'Error', message: reasonOf(thrown) };
  const { name, message, stack, cause } = thrown;
  const userFacing = 'userFacing' in thrown && thrown.userFacing === true ? true : undefined;
  const transferred = { name, message, stack, userFacing, kind: kindOf(thrown) };
  if (cause === undefined || depth >= MAX_DEPTH) return transferred;
  return { ...transferred, cause: transferError(cause, depth + 1) };
}

/** The error that the other side has thrown. */
export function rebuildError(error: TransferredError): Error {
  const cause = error.cause && rebuildError(error.cause);
  const rebuilt = instanceOf(error, cause === undefined ? {} : { cause });
  // Set as a class sets them, so that they are not listed among the error's own data.
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
  return error.userFacing === true ? Object.assign(rebuilt, { userFacing: true }) : rebuilt;
}

function kindOf(error: Error): ErrorKind | undefined {
  if (error instanceof JobAbortedError) return { is: 'aborted', deadline: error.deadline };
  if (error instanceof RetryAfterError) return { is: 'retry-after', delay: error.delay };
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
    case 'non-retryable':
      return new NonRetryableError(message, options);
    case 'retry-after':
      return new RetryAfterError(kind.delay, message, options);
    case undefined:
      return new Error(message, options);
  }
}

function isError(thrown: unknown): thrown is Error {
  // Under Jest, errors of Node are no instances of this realm's class.
  return thrown instanceof Error || types.isNativeError(thrown);
}
