import { JobDataError } from '@libs/queue';
import { ProblemException } from '../http/problem.exception';

/** Data that violates the contract of its job. */
export function jobDataProblem(error: unknown): ProblemException | undefined {
  if (!(error instanceof JobDataError)) return undefined;
  return ProblemException.invalid(
    error.problems.map(({ field, problem }) => ({ field, message: problem })),
  );
}
