import { types } from 'node:util';
import type { Job } from 'bullmq';
import { replaceForbiddenCharacters } from '../contract/forbidden-characters';
import { reasonOf } from '../text/reason-of';
import { RetryAfterError } from './retry-after.error';

/** The error to throw to BullMQ, which decides by it whether and when to retry. */
export function endAttempt(job: Job, thrown: unknown): Error {
  const error = asError(thrown);
  const message = replaceForbiddenCharacters(error.message);
  // The message of some errors is read-only.
  if (message !== error.message) Object.defineProperty(error, 'message', { value: message });
  if (error instanceof RetryAfterError && error.delay !== undefined) {
    // BullMQ calls a custom backoff function only if the job's backoff names none of BullMQ's strategies.
    // This changes the copy in memory, for this one decision; the stored options stay.
    job.opts = { ...job.opts, backoff: { type: 'fixed', delay: error.delay } };
  }
  return error;
}

/** BullMQ stores the message of the thrown value; with `throw 'text'` the job would have none. */
export function asError(thrown: unknown): Error {
  // Under Jest, Node's errors are not instances of this realm's class.
  if (thrown instanceof Error || types.isNativeError(thrown)) return thrown;
  return new Error(reasonOf(thrown), { cause: thrown });
}
