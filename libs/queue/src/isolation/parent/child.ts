import type { IsolationOptions } from '../../options/isolation-options';
import type { FromChild, ToChild } from '../wire/sandbox-protocol';

/** How a child ended. */
export interface ChildEnd {
  /** Its exit code; undefined if a signal ended it, or it was never started. */
  readonly code?: number;
  readonly signal?: NodeJS.Signals;
  /** What Node says, if it could not be started, or has used up its memory. */
  readonly error?: Error;
}

/** A process or a thread that was started to run a processor. */
export interface Child {
  /** For messages: `process 4711`, `thread 3`. */
  readonly label: string;
  /** Resolves once it has ended and all that it has sent was received. */
  readonly ended: Promise<ChildEnd>;
  /** What is sent to one that has ended is lost. */
  send(message: ToChild): void;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
}

export interface ChildOptions extends IsolationOptions {
  /** The file that it runs. */
  readonly entry: URL;
  readonly onMessage: (message: FromChild) => void;
}
