import { isConnectionFailure } from '@libs/data-access';
import { QueueUnreachableError, TooFewReplicasError } from '@libs/queue';
import { problemDetails } from './http/problem-details';
import { ProblemException } from './http/problem.exception';

/** In seconds: when a request may succeed again. */
const RETRY_AFTER = 5;

/** A database or queue store that does not answer, or whose replicas are missing. */
export function unreachableStoreProblem(error: unknown): ProblemException | undefined {
  const isQueue = error instanceof QueueUnreachableError || error instanceof TooFewReplicasError;
  if (!isQueue && !isConnectionFailure(error)) return undefined;
  // A commit may have happened even though its answer was lost.
  const detail =
    'A data store is unreachable at the moment. A request with an Idempotency-Key can be sent again ' +
    'unchanged: nothing is done twice.';
  return new ProblemException(problemDetails(503, detail), RETRY_AFTER, { cause: error });
}
