import { Socket } from 'node:net';
import pg from 'pg';
import { isUnanswered } from './connection-failure';

/** In milliseconds: what the other side has for confirming that the connection ends. */
const END_TIMEOUT = 1_000;

/**
 * A client of `pg` whose connection ends with the first statement that gets no answer within
 * `query_timeout`, and ends in a bounded time when it is closed.
 *
 * By itself `pg` keeps such a connection, and TypeORM gives it back to the pool, where each of its next
 * users would wait for as long. (The pool closes the others by itself when they were idle for 10 s.)
 */
export class AnsweredClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    const socket = new Socket();
    super({ ...config, stream: () => socket });

    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    // TypeORM asks for a promise; who passes a callback has the answer of the parent.
    this.query = ((...args: unknown[]) => {
      const answer = query(...args);
      if (answer instanceof Promise) {
        answer.catch((error: unknown) => {
          // The client tells its user, and the user the pool.
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
      // One that is closed already.
      if (socket.destroyed) clearTimeout(timer);
      return end(...args);
    }) as typeof this.end;
  }
}
