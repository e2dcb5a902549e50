import { QueueError } from '../errors/queue.error';

/**
 * A command (`enqueue`, `dead`) cannot do what it was asked: its options contradict one another, or name no dead job.
 *
 * To do: correct the options that the message names.
 *
 * @group Commands and generators
 */
export class CommandError extends QueueError {
  readonly code = 'COMMAND';
  override readonly userFacing = true;
}
