import type { Redis } from 'ioredis';
import { textOf } from '../../text/reason-of';

/** What Redis, its clusters and managed ones say when they accept no further connection, and close it. */
const FULL =
  /^(Ready check failed: )?ERR max (number of clients|concurrent connections|.*connections)/i;

/** The same error, where the server has closed a connection without it. */
export function fullError(): Error {
  return new Error('ERR max number of clients reached');
}

/** Whether a server has refused a connection because it has as many as it may have. */
export function isFull(error: unknown): boolean {
  return FULL.test(textOf(error, 'message') ?? '');
}

/**
 * Makes a connection report that the server is full. The server says so in place of its first answer, which
 * belongs to a command of the handshake whose failure ioredis ignores (`CLIENT SETNAME`, read in 5.11).
 */
export function reportFullServer(connection: Redis): void {
  const send = connection.client.bind(connection) as (...args: unknown[]) => Promise<unknown>;
  const reporting = async (...args: unknown[]): Promise<unknown> => {
    try {
      return await send(...args);
    } catch (error) {
      if (isFull(error)) connection.emit('error', error);
      throw error;
    }
  };
  connection.client = reporting as Redis['client'];
}
