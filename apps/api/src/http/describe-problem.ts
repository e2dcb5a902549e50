import { HttpException } from '@nestjs/common';
import { isConnectionFailure } from '@libs/data-access';
import { KeyInUseError, KeyReusedError } from '@libs/data-access/idempotency';
import { JobDataError, QueueUnreachableError } from '@libs/queue';
import { problemDetails } from './problem-details';
import { ProblemException } from './problem.exception';

/** After how many seconds a client may try again when a store does not answer. */
const STORE_RETRY_AFTER = 5;

/** After how many seconds the first request with an idempotency key may have been answered. */
const KEY_RETRY_AFTER = 1;

/**
 * The problem that an error is answered with.
 *
 * What a client has caused is told to the client. Anything else is a defect: it becomes a 500 that
 * says nothing about the inside, with the error as `cause` for the log.
 */
export function describeProblem(error: unknown): ProblemException {
  if (error instanceof ProblemException) return error;
  if (error instanceof JobDataError) {
    return ProblemException.invalid(
      error.problems.map(({ field, problem }) => ({ field, message: problem })),
    );
  }
  if (error instanceof QueueUnreachableError || isConnectionFailure(error)) {
    // A commit may have happened even though its answer was lost.
    const detail =
      'The data store does not answer at the moment. A request that was sent with an Idempotency-Key ' +
      'can be sent again as it is: what has been done is not done twice.';
    return new ProblemException(problemDetails(503, detail), STORE_RETRY_AFTER, { cause: error });
  }
  if (error instanceof KeyReusedError) {
    return new ProblemException(problemDetails(422, error.message));
  }
  if (error instanceof KeyInUseError) {
    return new ProblemException(problemDetails(409, error.message), KEY_RETRY_AFTER);
  }
  if (error instanceof HttpException) {
    return new ProblemException(problemDetails(error.getStatus(), error.message));
  }
  if (isClientError(error)) {
    return new ProblemException(problemDetails(error.statusCode, describeClientError(error)));
  }
  const detail = 'The api failed to answer this request. The failure was logged.';
  return new ProblemException(problemDetails(500, detail), undefined, { cause: error });
}

/** What the body parser fails with: https://github.com/expressjs/body-parser#errors */
interface ClientError extends Error {
  statusCode: number;
  type?: string;
  /** The most bytes that are accepted, if there were more. */
  limit?: number;
}

function isClientError(error: unknown): error is ClientError {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
}

function describeClientError({ type, limit, message }: ClientError): string {
  return type === 'entity.too.large' && limit !== undefined
    ? `The body is larger than ${limit} bytes.`
    : `${message}.`;
}
