import { Socket } from 'node:net';
import pg from 'pg';
import { isUnanswered } from './connection-failure';

/** In milliseconds: how long the server may take to confirm the end of the connection. */
const END_TIMEOUT = 1_000;

/** In milliseconds: the longest that a timer of Node waits. */
const LONGEST_TIMER = 2 ** 31 - 1;

interface Stream {
  submit: unknown;
  query_timeout?: number;
}

/**
 * Whether it is a stream of rows, or a cursor. Its `query_timeout` would count the time of its consumer too, and end it
 * without an error: the rows after that would seem not to exist (`findings/pg-query-timeout-cuts-streams-short.sh`).
 */
function isStream(statement: unknown): statement is Stream {
  return typeof statement === 'object' && statement !== null && 'submit' in statement;
}

/**
 * A `pg` client that destroys its connection when a statement gets no answer within `query_timeout`, and
 * closes in bounded time.
 *
 * `pg` keeps such a connection, and TypeORM returns it to the pool, where each later user would wait as
 * long. (The pool closes the other connections when they were idle for 10 s.)
 *
 * The loss of a connection that is in use ends no process. The pool listens to idle connections, TypeORM to those in
 * use, and for a moment between both nothing would hear the error.
 */
export class AnsweredClient extends pg.Client {
  private readonly socket: Socket;

  constructor(config?: pg.ClientConfig & { passwordSource?: () => string | Promise<string> }) {
    const socket = new Socket();
    super({ ...config, stream: () => socket });
    this.socket = socket;
    // The next statement fails with the same error.
    this.on('error', () => undefined);
    const source = config?.passwordSource;
    if (source !== undefined) {
      // `pg` takes a function too, and ignores it beside a URL. Hidden, as `pg` hides the password.
      Object.defineProperty(this, 'password', {
        value: source,
        writable: true,
        configurable: true,
      });
    }

    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    // TypeORM uses promises; calls with a callback behave as in the parent.
    this.query = ((...args: unknown[]) => {
      if (isStream(args[0])) args[0].query_timeout ??= LONGEST_TIMER;
      const answer = query(...args);
      if (answer instanceof Promise) {
        answer.catch((error: unknown) => {
          // The client emits the error to its user, and the user reports it to the pool.
          if (isUnanswered(error)) socket.destroy(error as Error);
        });
      }
      return answer;
    }) as typeof this.query;

    const end = this.end.bind(this) as (...args: unknown[]) => unknown;
    this.end = ((...args: unknown[]) => {
      const timer = setTimeout(() => socket.destroy(), END_TIMEOUT);
      socket.once('close', () => {
        clearTimeout(timer);
      });
      // Already closed.
      if (socket.destroyed) clearTimeout(timer);
      return end(...args);
    }) as typeof this.end;
  }

  /** Whether the connection is gone, also if that has not been noticed by anyone. */
  get isLost(): boolean {
    return this.socket.destroyed;
  }
}
