import { QueueError } from '../errors/queue.error';

/**
 * The reason of a job's abort signal when the worker stops before the job has finished. The job is requeued and
 * runs again; this is no failed attempt.
 *
 * To do: nothing, if it is rare. Otherwise allow more time to stop, or pass
 * `signal` to whatever takes long, so that the job stops early.
 *
 * @group Failed attempts
 */
export class JobAbortedError extends QueueError {
  readonly code = 'JOB_ABORTED';

  constructor(
    /** How long the job was given, in milliseconds. */
    readonly deadline: number,
  ) {
    super(
      `The worker is stopping, and the job did not finish within ${deadline} ms. It is requeued.`,
    );
  }
}
