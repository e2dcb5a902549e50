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
        : `The queue store ${store} ${problemOf(reasonOf(cause).trim())}`,
      { cause },
    );
  }
}

/** What the server's answer means, and what to do. */
function problemOf(reason: string): string {
  const answer = reason.replace(/^Ready check failed: /, '');
  const said = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  if (answer.startsWith('WRONGPASS')) {
    return `refuses user or password: ${said} Correct the user in its URL, and the password there or in the file that holds it; the user may also be switched off.`;
  }
  if (answer.startsWith('NOAUTH')) {
    return `requires a password: ${said} Write it in its URL, as in redis://user:password@host:6379, or in a file.`;
  }
  if (/^(NOPERM|.*ACL failure|.*The user executing the script)/.test(answer)) {
    return `does not let this account do that: ${said} Grant it the right with ACL SETUSER, or use another account.`;
  }
  return `refuses the connection: ${said} Check user, password and database in its URL.`;
}
