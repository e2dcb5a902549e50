import { NonRetryableError } from '../errors/non-retryable.error';

/**
 * A queue holds a job whose name is neither that of its contract nor one that the contract `accepts`. It fails permanently;
 * it never counts as done.
 *
 * To do: add jobs through the producer of their contract, and remove the job; or list the name in `accepts`, and redrive it.
 *
 * @group Failed attempts
 */
export class UnknownJobError extends NonRetryableError {
  override readonly code = 'UNKNOWN_JOB';

  constructor(
    readonly queue: string,
    readonly jobName: string,
    readonly jobId: string,
  ) {
    super(
      `The queue "${queue}" holds a job named "${jobName}" (id ${jobId}), and no processor here handles ` +
        `it: this queue is for "${queue}" jobs. Add jobs through the producer of their contract, or list the name in its "accepts".`,
    );
  }
}
