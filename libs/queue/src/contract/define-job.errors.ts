import { QueueError } from '../errors/queue.error';

/**
 * The name of a contract cannot be the name of a queue, a file and a part of a URL at once.
 *
 * To do: use lower-case words joined by hyphens, such as `daily-report`.
 *
 * @group Contracts and processors
 */
export class InvalidJobNameError extends QueueError {
  readonly code = 'INVALID_JOB_NAME';
  override readonly userFacing = true;

  constructor(readonly jobName: string) {
    super(
      `"${jobName}" is not a valid job name. Use lower-case words joined by hyphens, ` +
        'such as "email" or "daily-report".',
    );
  }
}

/**
 * The timeout of a contract is not a number of milliseconds that a timer can wait.
 *
 * To do: use a whole number of milliseconds from 1 to 2147483647, or omit `timeout` for none.
 *
 * @group Contracts and processors
 */
export class InvalidTimeoutError extends QueueError {
  readonly code = 'INVALID_TIMEOUT';
  override readonly userFacing = true;

  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly timeout: number,
  ) {
    super(
      `The contract "${job}" has the timeout ${timeout}. Use a whole number of milliseconds from 1 to ` +
        '2147483647, such as 30_000, or omit it for none.',
    );
  }
}
