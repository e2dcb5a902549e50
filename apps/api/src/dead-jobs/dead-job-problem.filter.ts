import { Catch, type ArgumentsHost } from '@nestjs/common';
import {
  InvalidCursorError,
  JobNotDeadError,
  RedriveRefusedError,
  UnknownQueueError,
} from '@libs/queue';
import { problemDetails } from '../http/problem-details';
import { ProblemException } from '../http/problem.exception';
import { ProblemFilter } from '../http/problem.filter';

type DeadJobError = InvalidCursorError | JobNotDeadError | RedriveRefusedError | UnknownQueueError;

/** Answers what cannot be done with a dead job. */
@Catch(InvalidCursorError, JobNotDeadError, RedriveRefusedError, UnknownQueueError)
export class DeadJobProblemFilter extends ProblemFilter {
  override catch(error: DeadJobError, host: ArgumentsHost): void {
    super.catch(problemOf(error), host);
  }
}

function problemOf(error: DeadJobError): ProblemException {
  if (error instanceof InvalidCursorError) {
    return ProblemException.invalid([{ field: 'cursor', message: error.message }]);
  }
  const isMissing =
    error instanceof UnknownQueueError ||
    (error instanceof JobNotDeadError && error.state === undefined);
  if (isMissing) return ProblemException.notFound(error.message);
  const problems = error instanceof RedriveRefusedError ? error.problems : undefined;
  const errors = problems?.map(({ field, problem }) => ({ field, message: problem }));
  return new ProblemException(problemDetails(409, error.message, errors));
}
