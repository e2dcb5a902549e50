import type { EventEmitter } from 'node:events';
import type { PgNotification, PgPoolClient, PgQueryResult } from 'bullmq';
import pg from 'pg';
import { isUnanswered } from './connection-error';
import { Sockets } from './sockets';

type Listener = ((message: PgNotification) => void) | ((error: Error) => void) | (() => void);

/**
 * The one connection that waits for notifications, for all queues, workers and event readers.
 *
 * Each of them issues its LISTEN on it without waiting for the others, and `pg` is about to refuse a
 * query while another is running; so they are run one after the other here.
 *
 * A connection that only listens cannot tell silence from loss. So it asks the server something from
 * time to time, and counts as lost when there is no answer.
 */
export class ListeningClient implements PgPoolClient {
  private readonly client: pg.Client;
  /** The client, without the list of event names that its types allow. */
  private readonly events: EventEmitter;
  private readonly sockets = new Sockets();
  private previous: Promise<unknown> = Promise.resolve();
  private heartbeat: NodeJS.Timeout | undefined;
  private ending: Promise<void> | undefined;

  /** @param config `query_timeout` is also the time between two questions */
  constructor(
    private readonly config: pg.ClientConfig & { query_timeout: number },
    private readonly callbacks: {
      closed: (client: ListeningClient) => void;
      /** It is open on this side only. */
      lost: () => void;
    },
  ) {
    this.client = new pg.Client({ ...config, stream: this.sockets.open });
    this.events = this.client;
    // Each waiting worker listens for notifications.
    this.client.setMaxListeners(0);
    this.client.on('end', () => {
      clearInterval(this.heartbeat);
    });
    this.ignoreErrors();
  }

  async connect(): Promise<void> {
    await this.client.connect();
    this.heartbeat = setInterval(() => {
      this.query('SELECT 1').catch(() => undefined);
    }, this.config.query_timeout);
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const run = () => this.run(text, params);
    const result = this.previous.then(run, run);
    this.previous = result;
    return result;
  }

  on(event: string, listener: Listener): this {
    this.events.on(event, listener);
    return this;
  }

  removeListener(event: string, listener: Listener): this {
    this.events.removeListener(event, listener);
    return this;
  }

  removeAllListeners(event?: string): this {
    this.client.removeAllListeners(event);
    if (event === undefined || event === 'error') this.ignoreErrors();
    return this;
  }

  release(): void {
    void this.end();
  }

  /** A connection that broke cannot be ended in good order, and need not be. */
  end(): Promise<void> {
    clearInterval(this.heartbeat);
    this.ending ??= this.sockets.end(this.client.end()).then(() => {
      this.callbacks.closed(this);
    });
    return this.ending;
  }

  private async run(text: string, params?: readonly unknown[]): Promise<pg.QueryResult> {
    try {
      return await this.client.query(text, params && [...params]);
    } catch (error) {
      if (isUnanswered(error)) {
        this.callbacks.lost();
        // The client tells its users by an error event, and they ask for another.
        this.sockets.destroy(error as Error);
      }
      throw error;
    }
  }

  /** An error event without a listener would end the process; BullMQ takes its own listener away. */
  private ignoreErrors(): void {
    this.client.on('error', () => undefined);
  }
}
