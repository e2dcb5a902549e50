import { reasonOf } from '../text/reason-of';

/** The queue store answers and does not let this process in: waiting does not help. */
export class QueueAccessError extends Error {
  readonly userFacing = true;

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
    this.name = new.target.name;
  }
}
