import { Injectable } from '@nestjs/common';

/** The connections of a pool at one moment. */
export interface PoolUse {
  /** Connections that serve a query, a transaction or a listener now. */
  readonly inUse: number;
  /** Open connections that wait for their next user. */
  readonly idle: number;
  /** Callers that wait for a free connection. */
  readonly waiting: number;
}

/** What a server says of itself. */
export interface ServerAnswer {
  /** The same, however it is reached. */
  readonly server: string;
  /** How many connections it takes; null if that is unknown. */
  readonly limit: number | null;
}

/** Connections that a process opens to one server for one purpose. */
export interface ConnectionPool {
  /** Such as `database`. */
  readonly name: string;
  /** Its address without user and password: `host:port/database`. */
  readonly location: string;
  /** The most connections that it opens; undefined if it has no limit. */
  readonly max: number | undefined;
  readonly use: () => PoolUse;
  /** Sends a statement to its Postgres, to compare `max` with what the server takes; undefined on other stores. */
  readonly ask?: (statement: string) => Promise<ServerAnswer[]>;
}

/** The connection pools of this process: modules that open one add it, so that they can be measured and added up. */
@Injectable()
export class ConnectionPools {
  private readonly pools = new Set<ConnectionPool>();

  /** @returns a function that removes it */
  add(pool: ConnectionPool): () => void {
    this.pools.add(pool);
    return () => {
      this.pools.delete(pool);
    };
  }

  /** In the order of their names. */
  all(): ConnectionPool[] {
    return [...this.pools].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
