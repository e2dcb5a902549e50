import { UnrecoverableError } from 'bullmq';
import type { FieldProblem } from './parse-json';
import { describeProblems } from './describe-problems';

/**
 * Data breaks the job's contract: refused by the producer, or found in the queue by the worker, where
 * an older or newer version of the contract may have put it.
 *
 * Trying again cannot help, so BullMQ does not retry a job that fails with it.
 */
export class JobDataError extends UnrecoverableError {
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
        'hand. Add it again with the right data, or make the contract accept both.',
      job,
      problems,
      jobId,
    );
  }
}
