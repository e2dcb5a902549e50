import { QueueError } from '../errors/queue.error';
import { suggest } from '../text/suggest';

/**
 * This application has no contract for the named queue.
 *
 * To do: use one of the queues in the message, or pass the contract to `QueueModule`.
 *
 * @group Operating queues
 */
export class UnknownQueueError extends QueueError {
  readonly code = 'UNKNOWN_QUEUE';
  override readonly userFacing = true;

  constructor(
    readonly queue: string,
    readonly known: readonly string[],
  ) {
    const meant = suggest(queue, known);
    const question = meant === undefined ? '' : ` Did you mean "${meant}"?`;
    const others = known.length === 0 ? 'There are none here' : `There are: ${known.join(', ')}`;
    super(`There is no queue "${queue}".${question} ${others}.`);
  }
}
