import { QueueError } from '../../errors/queue.error';
import type { Refusal } from './visitors';

export type PageRefusal = Refusal | 'cross-site' | 'read-only';

const ANSWERS: Record<PageRefusal, { status: 401 | 403; message: string }> = {
  login: { status: 401, message: 'Log in first.' },
  'no-user': {
    status: 401,
    message: 'The reverse proxy has not said who you are: its header with the user is missing.',
  },
  'not-the-proxy': {
    status: 403,
    message: 'This page is reached through its reverse proxy only.',
  },
  'not-this-machine': {
    status: 403,
    message:
      'Without a login this page is for browsers on this machine only, at localhost. Set a token to log in with, or a trusted proxy.',
  },
  'cross-site': { status: 403, message: 'This request was not made by the page itself.' },
  'read-only': { status: 403, message: 'This page is read-only.' },
};

/**
 * A request to the page of queues was refused: the visitor has to log in, or must not do this.
 *
 * To do: what the message says.
 *
 * @group Operating queues
 */
export class PageRefusedError extends QueueError {
  readonly code = 'PAGE_REFUSED';
  override readonly userFacing = true;
  readonly status: 401 | 403;

  constructor(readonly refusal: PageRefusal) {
    const { status, message } = ANSWERS[refusal];
    super(message);
    this.status = status;
  }
}
