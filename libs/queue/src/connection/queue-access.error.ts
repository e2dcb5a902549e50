import { QueueError } from '../errors/queue.error';
import { reasonOf } from '../text/reason-of';

/**
 * The queue store answers and refuses this process: waiting does not help.
 *
 * To do: check user, password and database in the URL of the queue store.
 *
 * @group Starting a process
 */
export class QueueAccessError extends QueueError {
  readonly code = 'QUEUE_ACCESS';
  override readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    cause: unknown,
  ) {
    super(
      `The queue store ${store} refuses the connection: ${reasonOf(cause)}. ` +
        'Check user, password and database in its URL.',
      { cause },
    );
  }
}
