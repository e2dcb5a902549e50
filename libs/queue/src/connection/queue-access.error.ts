import { QueueError } from '../errors/queue.error';
import { ConnectionProblem } from './connection-problem';
import { reasonOf } from '../text/reason-of';

/**
 * The queue store refuses this process, or is not what its URL says: waiting does not help.
 *
 * To do: check user, password and database in the URL of the queue store, or do what the message says.
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
      cause instanceof ConnectionProblem
        ? `The queue store ${store} cannot be used: ${cause.message}. ${cause.remedy}`
        : `The queue store ${store} refuses the connection: ${reasonOf(cause)}. ` +
            'Check user, password and database in its URL.',
      { cause },
    );
  }
}
