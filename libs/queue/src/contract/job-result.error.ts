import { UnrecoverableError } from 'bullmq';
import type { FieldProblem } from './parse-json';
import { describeProblems } from './describe-problems';

/**
 * The processor has done its work and returned what the contract does not allow.
 *
 * The job fails at once: the same code would return the same again, and repeat its effects.
 */
export class JobResultError extends UnrecoverableError {
  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly jobId: string,
    readonly problems: readonly FieldProblem[],
  ) {
    super(
      `The "${job}" job ${jobId} ran, but its result breaks the contract: ` +
        `${describeProblems(problems)}. Correct what the processor returns, or the contract's "result".`,
    );
  }
}
