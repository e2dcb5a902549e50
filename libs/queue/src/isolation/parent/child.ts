import type { IsolationOptions } from '../../options/isolation-options';
import type { FromChild, ToChild } from '../wire/sandbox-protocol';

/** How a child ended. */
export interface ChildEnd {
  /** Its exit code; undefined if a signal ended it, or if it never started. */
  readonly code?: number;
  readonly signal?: NodeJS.Signals;
  /** Node's error, if the child failed to start or ran out of memory. */
  readonly error?: Error;
}

/** A process or thread that runs a processor. */
export interface Child {
  /** For messages: `process 4711`, `thread 3`. */
  readonly label: string;
  /** Resolves once it has ended and all its messages were received. */
  readonly ended: Promise<ChildEnd>;
  /** Messages to an ended child are dropped. */
  send(message: ToChild): void;
  /** Ends it at once, in any state. */
  kill(): void;
}

export interface ChildOptions extends IsolationOptions {
  /** The file to run. */
  readonly entry: URL;
  readonly onMessage: (message: FromChild) => void;
}
