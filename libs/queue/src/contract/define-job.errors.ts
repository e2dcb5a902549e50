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
