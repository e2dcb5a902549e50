import { QueueError } from '../errors/queue.error';

/**
 * A class is used as a processor, and is not decorated with `@JobProcessor`.
 *
 * To do: decorate it with the contract of its job: `@JobProcessor(emailJob)`.
 *
 * @group Contracts and processors
 */
export class MissingContractError extends QueueError {
  readonly code = 'MISSING_CONTRACT';
  override readonly userFacing = true;

  constructor(
    /** The class. */
    readonly processor: string,
  ) {
    super(`${processor} has no contract: decorate it with @JobProcessor(someJob).`);
  }
}
