import { UnknownScheduleError } from '@libs/queue';
import { ProblemException } from '../http/problem.exception';

/** Refused operations on schedules. */
export function scheduleProblem(error: unknown): ProblemException | undefined {
  return error instanceof UnknownScheduleError
    ? ProblemException.notFound(error.message)
    : undefined;
}
