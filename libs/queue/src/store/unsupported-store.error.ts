import { QueueError } from '../errors/queue.error';

/**
 * The queue store URL names a kind of store that cannot hold queues, or is not a URL.
 *
 * To do: use a `postgres://…` or `redis://…` URL, or another one of those that the message lists.
 *
 * @group Starting a process
 */
export class UnsupportedStoreError extends QueueError {
  readonly code = 'UNSUPPORTED_STORE';
  override readonly userFacing = true;

  constructor(
    /** What the URL starts with; the rest may hold a password. */
    readonly scheme: string | undefined,
    supported: readonly string[],
  ) {
    const list = supported.map((name) => `${name}//…`).join(' or ');
    super(
      scheme === undefined
        ? `The queue store URL is not a URL. Use ${list}.`
        : `A "${scheme}" URL cannot hold queues. Use ${list}.`,
    );
  }
}
