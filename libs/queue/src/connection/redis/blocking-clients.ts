import { isFull } from './full-server';
import { endClient, type RedisClient } from './redis-client';

/**
 * The blocking connections of a store: one for each worker and each event reader. Their users wait for them in
 * silence, so this keeps why one cannot be opened.
 */
export class BlockingClients implements Iterable<RedisClient> {
  /** With the last error of each connection that is not open; undefined for one that is, or is being opened first. */
  private readonly clients = new Map<RedisClient, unknown>();

  [Symbol.iterator](): Iterator<RedisClient> {
    return this.clients.keys();
  }

  add(client: RedisClient): void {
    this.clients.set(client, undefined);
    const fail = (error: unknown): void => {
      const known = this.clients.get(client);
      // A server that is full closes the connection, which shows as another error as often as not.
      if (this.clients.has(client) && !isFull(known)) this.clients.set(client, error);
    };
    client.on('error', fail);
    client.on('close', () => {
      // In the words of ioredis, which mean that it is away for a while.
      fail(this.clients.get(client) ?? new Error('Connection is closed.'));
    });
    client.on('ready', () => {
      if (this.clients.has(client)) this.clients.set(client, undefined);
    });
    client.once('end', () => this.clients.delete(client));
  }

  /** Why a connection is not open; undefined if all are. */
  get failure(): unknown {
    return [...this.clients.values()].find((error) => error !== undefined);
  }

  /** Their users were closed, and may still wait for an answer on one of them. */
  end(): void {
    for (const client of this) endClient(client);
  }
}
