import { NonRetryableError } from '../errors/non-retryable.error';
import type { FieldProblem } from './parse-json';
import { describeProblems } from './describe-problems';

/**
 * Data breaks the job's contract. Either the producer refused it, or the worker found it in the queue, where
 * another version of the contract may have put it. A stored job fails permanently: retrying cannot help.
 *
 * To do: correct the fields in `problems`. If a stored job carries old data, make the contract accept both
 * versions and redrive the job, or add it again.
 *
 * @group Adding jobs
 */
export class JobDataError extends NonRetryableError {
  override readonly code = 'JOB_DATA';

  private constructor(
    message: string,
    /** The contract's name. */
    readonly job: string,
    readonly problems: readonly FieldProblem[],
    /** The stored job that was refused; undefined if the data never reached the queue. */
    readonly jobId?: string,
  ) {
    super(message);
  }

  static refused(job: string, problems: readonly FieldProblem[]): JobDataError {
    return new JobDataError(
      `No "${job}" job was added, its data breaks the contract: ${describeProblems(problems)}.`,
      job,
      problems,
    );
  }

  static stored(job: string, jobId: string, problems: readonly FieldProblem[]): JobDataError {
    return new JobDataError(
      `The "${job}" job ${jobId} was not run, its data breaks the contract: ` +
        `${describeProblems(problems)}. It was added under another version of the contract, or by ` +
        'hand. Add it again with correct data, or make the contract accept both.',
      job,
      problems,
      jobId,
    );
  }
}
