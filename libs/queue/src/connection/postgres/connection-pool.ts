import type { Socket } from 'node:net';
import type { PoolUse } from '@libs/health';
import pg from 'pg';
import { poolUse } from '../pool-use';
import { isReadOnly, isUnanswered } from './connection-error';
import type { PasswordSource } from '../../options/password-source';
import { usePassword } from './client-password';
import { BEGIN } from './session';
import { Sockets } from './sockets';

/**
 * A `pg` pool whose statements must be answered in time (`query_timeout`). Drops its connections to a server that
 * has become a replica.
 *
 * When one is not, its connection was lost silently, and most likely so were the idle ones, which would
 * each cost their next user the same wait. So they are dropped too.
 *
 * Closes in bounded time, whatever the state of the server.
 */
export class ConnectionPool {
  private readonly sockets = new Sockets();
  private readonly pool: pg.Pool;
  private readonly idle = new Set<pg.PoolClient & HasSocket>();

  /** @param onConnect runs the first statements of each connection */
  constructor(config: PoolSettings, onConnect?: (client: ConnectedClient) => Promise<unknown>) {
    this.pool = new pg.Pool({
      ...config,
      ...(onConnect && { prepare: onConnect }),
      stream: this.sockets.open,
      // The pool passes its options, although its types omit them.
      Client: PooledClient as unknown as new () => pg.ClientBase,
    });
    // A dropped idle connection costs nothing: the next query opens another, or reports why it cannot.
    this.pool.on('error', () => undefined);
    this.pool.on('acquire', (client) => this.idle.delete(client as pg.PoolClient & HasSocket));
    this.pool.on('remove', (client) => this.idle.delete(client as pg.PoolClient & HasSocket));
    this.pool.on('release', (_, client) => this.idle.add(client as pg.PoolClient & HasSocket));
  }

  async query<Row extends pg.QueryResultRow>(
    text: string,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>> {
    try {
      return await this.pool.query<Row>(text, values);
    } catch (error) {
      if (isUnanswered(error) || isReadOnly(error)) this.dropIdle();
      throw error;
    }
  }

  /**
   * Runs `work` on a connection in a transaction. If it fails, or its connection is lost, nothing was changed.
   *
   * @param work takes what sends a statement; each is answered in time, as those of {@link query}
   */
  async transaction<Result>(
    work: (query: (text: string, values?: unknown[]) => Promise<pg.QueryResult>) => Promise<Result>,
  ): Promise<Result> {
    const client = await this.pool.connect();
    let isOver = false;
    try {
      await client.query(BEGIN);
      const result = await work((text, values) => client.query(text, values));
      await client.query('COMMIT');
      isOver = true;
      return result;
    } finally {
      // Ending the connection rolls back.
      client.release(!isOver);
    }
  }

  /** From now on keeps one connection open while nothing is asked, so that the next statement need not wait for one. */
  keepOne(): void {
    this.pool.options.min = 1;
  }

  /** Drops all idle connections. */
  dropIdle(): void {
    for (const { socket } of this.idle) {
      socket.destroy(new Error('Connection terminated: another one was not answered any more'));
    }
  }

  get use(): PoolUse {
    return poolUse(this.pool);
  }

  end(): Promise<void> {
    return this.sockets.end(this.pool.end());
  }
}

/** A client of the pool, whose types say nothing of what the server has told it. */
export type ConnectedClient = pg.ClientBase & {
  /** Of the server, by which a query is cancelled; null if it was not told. */
  readonly processID: number | null;
};

/** `pg`'s own `password` is ignored beside a URL. */
type PoolSettings = pg.PoolConfig & {
  query_timeout: number;
  passwordSource?: PasswordSource | undefined;
};

interface HasSocket {
  readonly socket: Socket;
}

interface PooledClientConfig {
  stream: () => Socket;
  /** `onConnect` of the pool, under a name that no `pg` knows. */
  prepare?: (client: ConnectedClient) => Promise<unknown>;
  passwordSource?: PasswordSource;
}

class PooledClient extends pg.Client implements HasSocket {
  /** Of `pg`, whose types lack it. */
  declare readonly processID: number | null;
  readonly socket: Socket;
  private readonly prepare: PooledClientConfig['prepare'];

  constructor({ prepare, ...config }: PooledClientConfig) {
    const socket = config.stream();
    super({ ...config, stream: () => socket });
    this.prepare = prepare;
    // The loss of a connection: the statement that is under way, or the next one, fails with the same error.
    this.on('error', () => undefined);
    this.socket = socket;
    usePassword(this, config.passwordSource);
  }

  /**
   * Connects, and runs its first statements. The `onConnect` of a pool is not called by each `pg` that is
   * supported: 8.16 ignores it.
   */
  override connect(): Promise<this>;
  override connect(done: (error: Error) => void): void;
  override connect(done?: (error: Error) => void): Promise<this> | undefined {
    const connected = this.connectPrepared();
    if (done === undefined) return connected;
    connected.then(() => {
      // What `pg` itself passes if there is none.
      done(null as unknown as Error);
    }, done);
    return undefined;
  }

  private async connectPrepared(): Promise<this> {
    await super.connect();
    try {
      await this.prepare?.(this);
      return this;
    } catch (error) {
      await this.end();
      throw error;
    }
  }
}
