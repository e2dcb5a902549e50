import type { EventEmitter } from 'node:events';
import type { PgNotification, PgPoolClient, PgQueryResult } from 'bullmq';
import pg from 'pg';
import { isUnanswered } from './connection-error';
import type { PasswordSource } from '../../options/password-source';
import { usePassword } from './client-password';
import { ping } from './ping';
import { Sockets } from './sockets';

/** Emitted with false when the server does not answer in time, and with true when it answers again. */
export const LISTENER_TRUST = 'trust';

/** In milliseconds. Two of them are the longest time for which a lost connection is not noticed. */
const HEARTBEAT = 4_000;

type Listener = ((message: PgNotification) => void) | ((error: Error) => void) | (() => void);

/**
 * The single connection that listens for notifications, for all queues, workers and event readers.
 *
 * They issue their LISTEN statements concurrently, and `pg` deprecates queueing a query while another is
 * running. So this class runs them one at a time.
 *
 * A connection that only listens cannot tell silence from loss. So it asks the server for an answer at an interval,
 * without a transaction. It is in doubt while there is none, and counts as lost after `query_timeout`.
 */
export class ListeningClient implements PgPoolClient {
  private readonly client: pg.Client;
  /** The client, typed without its list of event names. */
  private readonly events: EventEmitter;
  private readonly sockets = new Sockets();
  private previous: Promise<unknown> = Promise.resolve();
  private heartbeat: NodeJS.Timeout | undefined;
  private ending: Promise<void> | undefined;
  /** Whether the server was asked, and has not answered yet. */
  private isAnswerMissing = false;
  /** Ends the wait of {@link connect}. */
  private giveUp = (): void => undefined;

  /** @param config `query_timeout` is also the longest interval of the heartbeat */
  constructor(
    private readonly config: pg.ClientConfig & {
      query_timeout: number;
      passwordSource?: PasswordSource | undefined;
    },
    private readonly callbacks: {
      closed: (client: ListeningClient) => void;
      /** Called when the connection is half-open. */
      lost: () => void;
    },
  ) {
    this.client = new pg.Client({ ...config, stream: this.sockets.open });
    usePassword(this.client, config.passwordSource);
    this.events = this.client;
    // Each waiting worker listens for notifications.
    this.client.setMaxListeners(0);
    this.client.on('end', () => {
      clearInterval(this.heartbeat);
    });
    this.ignoreErrors();
  }

  async connect(): Promise<void> {
    // The client's own promise stays pending if it is ended meanwhile (read in pg 8.23).
    const ended = new Promise<never>((_, reject) => {
      this.giveUp = () => {
        reject(new Error('Connection terminated'));
      };
    });
    await Promise.race([this.client.connect(), ended]);
    this.heartbeat = setInterval(
      () => {
        void this.beat();
      },
      Math.min(HEARTBEAT, this.config.query_timeout),
    );
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    return this.inTurn<pg.QueryResult>(() => this.client.query(text, params && [...params]));
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

  /** A broken connection cannot be closed gracefully, and need not be. */
  end(): Promise<void> {
    clearInterval(this.heartbeat);
    this.giveUp();
    this.ending ??= this.sockets.end(this.client.end()).then(() => {
      this.callbacks.closed(this);
    });
    return this.ending;
  }

  private async beat(): Promise<void> {
    if (this.isAnswerMissing) {
      this.events.emit(LISTENER_TRUST, false);
      return;
    }
    this.isAnswerMissing = true;
    try {
      await this.inTurn(() => ping(this.client));
      this.isAnswerMissing = false;
      this.events.emit(LISTENER_TRUST, true);
    } catch {
      // Lost: its users open another one.
    }
  }

  private inTurn<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    const run = () => this.run(send);
    const result = this.previous.then(run, run);
    this.previous = result;
    return result;
  }

  private async run<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    try {
      return await send();
    } catch (error) {
      if (isUnanswered(error)) {
        this.callbacks.lost();
        // The client emits an error event, and its users open another connection.
        this.sockets.destroy(error as Error);
      }
      throw error;
    }
  }

  /** An error event without a listener would end the process, and BullMQ removes its own listener. */
  private ignoreErrors(): void {
    this.client.on('error', () => undefined);
  }
}
