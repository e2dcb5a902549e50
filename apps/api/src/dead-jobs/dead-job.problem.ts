import { InvalidCursorError, JobNotDeadError, RedriveRefusedError } from '@libs/queue';
import { problemDetails } from '../http/problem-details';
import { ProblemException } from '../http/problem.exception';

/** Refused operations on dead jobs. */
export function deadJobProblem(error: unknown): ProblemException | undefined {
  if (error instanceof InvalidCursorError) {
    return ProblemException.invalid([{ field: 'cursor', message: error.message }]);
  }
  if (error instanceof JobNotDeadError) {
    return error.state === undefined
      ? ProblemException.notFound(error.message)
      : new ProblemException(problemDetails(409, error.message));
  }
  if (error instanceof RedriveRefusedError) {
    const errors = error.problems.map(({ field, problem }) => ({ field, message: problem }));
    return new ProblemException(problemDetails(409, error.message, errors));
  }
  return undefined;
}
