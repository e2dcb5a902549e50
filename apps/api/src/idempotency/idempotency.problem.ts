import { KeyInUseError, KeyReusedError } from '@libs/data-access/idempotency';
import { problemDetails } from '../http/problem-details';
import { ProblemException } from '../http/problem.exception';

/** In seconds: by then the first request with a key is likely to be answered. */
const RETRY_AFTER = 1;

/** A key that is still in use, or was used for a different request. */
export function idempotencyProblem(error: unknown): ProblemException | undefined {
  if (error instanceof KeyReusedError) {
    return new ProblemException(problemDetails(422, error.message));
  }
  if (error instanceof KeyInUseError) {
    return new ProblemException(problemDetails(409, error.message), RETRY_AFTER);
  }
  return undefined;
}
