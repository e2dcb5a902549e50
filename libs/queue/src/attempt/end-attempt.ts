import { types } from 'node:util';
import type { Job } from 'bullmq';
import { replaceForbiddenCharacters } from '../contract/forbidden-characters';
import { reasonOf } from '../text/reason-of';
import { RetryAfterError } from './retry-after.error';

/** What an attempt has failed with, for BullMQ, which decides by it what becomes of the job. */
export function endAttempt(job: Job, thrown: unknown): Error {
  const error = asError(thrown);
  const message = replaceForbiddenCharacters(error.message);
  // Some errors have a message that cannot be set.
  if (message !== error.message) Object.defineProperty(error, 'message', { value: message });
  if (error instanceof RetryAfterError && error.delay !== undefined) {
    // BullMQ asks a function of one's own for a delay only if the job's backoff names no strategy of
    // BullMQ's. This changes the copy in memory, for this one decision; the stored options stay.
    job.opts = { ...job.opts, backoff: { type: 'fixed', delay: error.delay } };
  }
  return error;
}

/** BullMQ reads the message of whatever was thrown; `throw 'text'` would leave none with the job. */
function asError(thrown: unknown): Error {
  // Under Jest, errors of Node are no instances of this realm's class.
  if (thrown instanceof Error || types.isNativeError(thrown)) return thrown;
  return new Error(reasonOf(thrown), { cause: thrown });
}
