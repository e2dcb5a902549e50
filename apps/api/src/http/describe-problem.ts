import { HttpException } from '@nestjs/common';
import { problemDetails } from './problem-details';
import { ProblemException } from './problem.exception';

/** The problem of an error known to a feature; undefined for any other error. */
export type ProblemOf = (error: unknown) => ProblemException | undefined;

/**
 * The problem to answer an error with: that of the first feature that knows the error.
 *
 * Errors caused by the client are reported to the client. Anything else is a defect: it becomes a 500 that
 * reveals nothing internal, with the error as `cause` for the log.
 */
export function describeProblem(error: unknown, features: readonly ProblemOf[]): ProblemException {
  if (error instanceof ProblemException) return error;
  for (const problemOf of features) {
    const problem = problemOf(error);
    if (problem !== undefined) return problem;
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

/** The errors of the body parser: https://github.com/expressjs/body-parser#errors */
interface ClientError extends Error {
  statusCode: number;
  type?: string;
  /** The maximum number of bytes, if the body exceeds it. */
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
