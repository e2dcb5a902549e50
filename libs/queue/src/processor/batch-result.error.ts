import { NonRetryableError } from '../errors/non-retryable.error';

/**
 * `handleBatch` has not returned one outcome for each of its jobs. All of them fail permanently, because it is
 * unknown which of them have been done.
 *
 * To do: return an array with a result or an `Error` for each job, in the order of the jobs.
 *
 * @group Failed attempts
 */
export class BatchResultError extends NonRetryableError {
  override readonly code = 'BATCH_RESULT';

  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly expected: number,
    returned: unknown,
  ) {
    const what = Array.isArray(returned) ? `${returned.length} outcomes` : 'no array';
    super(
      `handleBatch of "${job}" was given ${expected} ${expected === 1 ? 'job' : 'jobs'} and returned ${what}. Return an array with a ` +
        'result or an Error for each job, in the order of the jobs.',
    );
  }
}
