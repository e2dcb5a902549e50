import { ConnectionProblem } from '../connection-problem';
import { QueueAccessError } from '../queue-access.error';
import type { AnyObserver } from '../../observe/queue-observer';
import { QueueUnreachableError } from '../queue-unreachable.error';
import { textOf } from '../../text/reason-of';
import { isRefused, redisError } from './connection-error';
import { fullError, isFull } from './full-server';
import type { RedisClient } from './redis-client';
import type { RedisTarget } from './redis-target';
import { Renewal } from './renewal';
import { isServerFull, otherScheme, tlsRefusal } from './server-probe';
import { tlsProblem } from './tls-problem';

/** No server takes connections there, which explains itself. */
const NOBODY = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Reports the loss and the return of Redis once each, however many callers notice. */
export class ConnectionWatch {
  private lastError: unknown;
  private isLost = false;
  private isStopped = false;
  private wasReady = false;
  /** Set once it is known that the URL has the wrong scheme. */
  private problem: ConnectionProblem | undefined;
  private probing: Promise<void> | undefined;
  private readonly renewal: Renewal;

  constructor(
    client: RedisClient,
    private readonly target: RedisTarget,
    private readonly observer: Pick<AnyObserver, 'storeLost' | 'storeBack'>,
    /** Whether a loss was reported already, for another reason. */
    private readonly isExplained = () => false,
  ) {
    client.on('connect', () => {
      if (!isFull(this.lastError)) this.lastError = undefined;
    });
    client.on('error', (error: unknown) => {
      // A server that is full closes the connection, which shows as another error as often as not.
      if (!isFull(this.lastError)) this.lastError = tlsProblem(error) ?? error;
    });
    client.on('ready', () => {
      if (isFull(this.lastError)) this.lastError = undefined;
      this.onReady();
    });
    this.renewal = new Renewal(client, () => {
      this.onLost();
    });
  }

  /** Set while Redis answers but refuses the login, has no such database, or cannot be what the URL says. */
  get refusal(): QueueAccessError | undefined {
    const error = this.problem ?? this.lastError;
    return error instanceof ConnectionProblem || isRefused(error)
      ? new QueueAccessError(this.target.location, error)
      : undefined;
  }

  /** Settles once it is known whether a connection that broke is replaced, or why none can be made. */
  async settled(): Promise<void> {
    await this.renewal.pending;
    await this.probing;
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
    if (this.isStopped) return;
    if (!this.wasReady) this.probe();
    if (this.probing === undefined) this.report();
    else
      void this.probing.then(() => {
        this.report();
      });
  }

  private report(): void {
    const { refusal } = this;
    // A start that is refused ends with the reason.
    if (this.isStopped || (refusal !== undefined && !this.wasReady)) return;
    if (this.isLost || this.isExplained()) return;
    this.isLost = true;
    const error = refusal ?? this.lossOf(this.lastError ?? new Error('the connection was closed'));
    this.observer.storeLost({ store: this.target.location, error });
  }

  private lossOf(error: unknown): QueueUnreachableError {
    const translated = redisError(error, this.target.location);
    if (translated instanceof QueueUnreachableError) return translated;
    return new QueueUnreachableError(this.target.location, error);
  }

  private onReady(): void {
    this.wasReady = true;
    this.problem = undefined;
    if (!this.isLost) return;
    this.isLost = false;
    this.observer.storeBack({ store: this.target.location });
  }

  /** A connection was taken, and has never been of use. */
  private probe(): void {
    if (this.probing !== undefined || NOBODY.has(textOf(this.lastError, 'code') ?? '')) return;
    this.probing = this.ask().finally(() => {
      this.probing = undefined;
    });
  }

  private async ask(): Promise<void> {
    if (isFull(this.lastError)) return;
    if (await isServerFull(this.target)) {
      if (!this.wasReady) this.lastError = fullError();
      return;
    }
    const problem =
      (await tlsRefusal(this.target)) ?? (await otherScheme(this.target, this.lastError));
    if (!this.wasReady) this.problem = problem;
  }
}
