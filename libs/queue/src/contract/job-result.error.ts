import { NonRetryableError } from '../errors/non-retryable.error';
import type { FieldProblem } from './parse-json';
import { describeProblems } from './describe-problems';

/**
 * The handler has done its work and returned what the contract does not allow. The job fails permanently: the
 * same code would return the same again, and repeat its effects.
 *
 * To do: correct what the handler returns, or the contract's `result`.
 *
 * @group Failed attempts
 */
export class JobResultError extends NonRetryableError {
  override readonly code = 'JOB_RESULT';

  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly jobId: string,
    readonly problems: readonly FieldProblem[],
  ) {
    super(
      `The "${job}" job ${jobId} ran, but its result breaks the contract: ` +
        `${describeProblems(problems)}. Correct what the handler returns, or the contract's "result".`,
    );
  }
}
