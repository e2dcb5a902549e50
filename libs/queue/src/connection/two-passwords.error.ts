import { QueueError } from '../errors/queue.error';

/**
 * A store has a password in its URL, and another one from a function or a file: it is unclear which one applies.
 *
 * To do: remove the password from the URL, or the option in the message (a variable such as `QUEUE_PASSWORD_FILE`).
 *
 * @group Starting a process
 */
export class TwoPasswordsError extends QueueError {
  readonly code = 'TWO_PASSWORDS';
  override readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    readonly option: 'password' | 'sentinelPassword',
  ) {
    super(
      `The URL of the queue store ${store} has a password, and the option "${option}" gives another one ` +
        '(that of a file, if one is configured). Remove one of them.',
    );
  }
}
