import { ConnectionProblem } from '../connection-problem';
import { QueueAccessError } from '../queue-access.error';
import type { AnyObserver } from '../../observe/queue-observer';
import { QueueUnreachableError } from '../queue-unreachable.error';
import { isRefused, redisError } from './connection-error';
import { isFull } from './full-server';
import type { RedisClient } from './redis-client';

/** Reports the loss and the return of Redis once each, however many callers notice. */
export class ConnectionWatch {
  private lastError: unknown;
  private isLost = false;
  private isStopped = false;

  constructor(
    client: RedisClient,
    private readonly location: string,
    private readonly observer: Pick<AnyObserver, 'storeLost' | 'storeBack'>,
    /** Whether a loss was reported already, for another reason. */
    private readonly isExplained = () => false,
  ) {
    client.on('connect', () => {
      if (!isFull(this.lastError)) this.lastError = undefined;
    });
    client.on('error', (error: unknown) => {
      // A server that is full closes the connection, which shows as another error as often as not.
      if (!isFull(this.lastError)) this.lastError = error;
    });
    client.on('close', () => {
      this.onLost();
    });
    client.on('ready', () => {
      if (isFull(this.lastError)) this.lastError = undefined;
      this.onReady();
    });
  }

  /** Set while Redis answers but refuses the login, has no such database, or cannot be what the URL says. */
  get refusal(): QueueAccessError | undefined {
    return this.lastError instanceof ConnectionProblem || isRefused(this.lastError)
      ? new QueueAccessError(this.location, this.lastError)
      : undefined;
  }

  /** A command knows only that there was no connection; the connection's own error tells why. */
  explain(error: unknown): unknown {
    if (this.refusal !== undefined) return this.refusal;
    if (this.lastError === undefined) return error;
    return this.lossOf(this.lastError);
  }

  /** Call before closing the connection on purpose. */
  stop(): void {
    this.isStopped = true;
  }

  private onLost(): void {
    if (this.isLost || this.isStopped || this.refusal !== undefined || this.isExplained()) return;
    this.isLost = true;
    const error = this.lossOf(this.lastError ?? new Error('the connection was closed'));
    this.observer.storeLost({ store: this.location, error });
  }

  private lossOf(error: unknown): QueueUnreachableError {
    const translated = redisError(error, this.location);
    if (translated instanceof QueueUnreachableError) return translated;
    return new QueueUnreachableError(this.location, error);
  }

  private onReady(): void {
    if (!this.isLost) return;
    this.isLost = false;
    this.observer.storeBack({ store: this.location });
  }
}
