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
 * The result of a contract has a codec, and beside it a transform of one direction, which has no way back: the result
 * could not be stored.
 *
 * To do: make the transform a codec as well, or do it in the handler.
 *
 * @group Contracts and processors
 */
export class ResultCodecError extends QueueError {
  readonly code = 'RESULT_CODEC';
  override readonly userFacing = true;

  constructor(
    /** The contract's name. */
    readonly job: string,
  ) {
    super(
      `The result of the contract "${job}" has a codec, and beside it a transform, which converts in one direction ` +
        'only: the result could not be stored. Make it a codec as well (z.codec), or do the same in the handler.',
    );
  }
}
