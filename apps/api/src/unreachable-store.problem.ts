import { isConnectionFailure } from '@libs/data-access';
import { QueueAccessError, QueueUnreachableError, TooFewReplicasError } from '@libs/queue';
import { problemDetails } from './http/problem-details';
import { ProblemException } from './http/problem.exception';

/** In seconds: when a request may succeed again. */
const RETRY_AFTER = 5;

/** What lasts until the store, or its settings, are mended. */
const STORE_ERRORS = [QueueUnreachableError, QueueAccessError, TooFewReplicasError];

/**
 * A database or queue store that does not answer, refuses (busy, full, or this account), or whose replicas are
 * missing.
 */
export function unreachableStoreProblem(error: unknown): ProblemException | undefined {
  const isQueue = STORE_ERRORS.some((kind) => error instanceof kind);
  if (!isQueue && !isConnectionFailure(error)) return undefined;
  // A commit may have happened even though its answer was lost.
  const detail =
    'A data store is unavailable at the moment. A request with an Idempotency-Key can be sent again ' +
    'unchanged: nothing is done twice.';
  return new ProblemException(problemDetails(503, detail), RETRY_AFTER, { cause: error });
}
