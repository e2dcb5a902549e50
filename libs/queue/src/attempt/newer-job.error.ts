import { NonRetryableError } from '../errors/non-retryable.error';

/**
 * A worker has met a job whose data is of a later version than its own contract, and has left it to newer workers for
 * an hour. None has taken it, so it fails permanently.
 *
 * To do: run a worker of that version, then redrive the job.
 *
 * @group Failed attempts
 */
export class NewerJobError extends NonRetryableError {
  override readonly code = 'NEWER_JOB';

  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly jobId: string,
    /** Of the job's data. */
    readonly version: number,
    /** Of the worker's contract. */
    readonly known: number,
  ) {
    super(
      `The "${job}" job ${jobId} was not run: its data is of version ${version}, and this worker has version ${known} ` +
        'of the contract. It was left to newer workers for an hour, and none took it. Run a worker of ' +
        'that version, then redrive the job.',
    );
  }
}
