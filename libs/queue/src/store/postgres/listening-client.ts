import type { EventEmitter } from 'node:events';
import type { PgNotification, PgPoolClient, PgQueryResult } from 'bullmq';
import type pg from 'pg';

type Listener = ((message: PgNotification) => void) | ((error: Error) => void) | (() => void);

/**
 * The one connection that waits for notifications, for all queues, workers and event readers.
 *
 * Each of them issues its LISTEN on it without waiting for the others, and `pg` is about to refuse a
 * query while another is running; so they are run one after the other here.
 */
export class ListeningClient implements PgPoolClient {
  /** The client, without the list of event names that its types allow. */
  private readonly events: EventEmitter;
  private previous: Promise<unknown> = Promise.resolve();
  private ending: Promise<void> | undefined;

  constructor(
    private readonly client: pg.Client,
    private readonly onClosed: (client: ListeningClient) => void,
  ) {
    this.events = client;
    // Each waiting worker listens for notifications.
    client.setMaxListeners(0);
    this.ignoreErrors();
  }

  connect(): Promise<void> {
    return this.client.connect().then(() => undefined);
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const run = () => this.client.query(text, params && [...params]);
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
    this.ending ??= this.client
      .end()
      .catch(() => undefined)
      .then(() => {
        this.onClosed(this);
      });
    return this.ending;
  }

  /** An error event without a listener would end the process; BullMQ takes its own listener away. */
  private ignoreErrors(): void {
    this.client.on('error', () => undefined);
  }
}
