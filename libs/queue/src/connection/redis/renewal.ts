import { startTimer } from '../../timing/timer';
import type { RedisClient } from './redis-client';

/** In milliseconds: how long a lost connection may take to be replaced without anyone being told. */
const RENEWAL_TIME = 1_000;

/**
 * Whether a connection that was in use is being replaced. A server or a load balancer may cut it for no other reason
 * than that it was idle (`timeout 300`), and the next one is there a moment later. That is no loss of the store, and
 * commands can wait for it.
 */
export class Renewal {
  /** Whether the connection in use has not been closed yet. */
  private isOpen = false;
  private timer: NodeJS.Timeout | undefined;
  private renewing: Promise<void> | undefined;
  private settle: (() => void) | undefined;

  /** @param failed called when it cannot be replaced at once, or never was usable; then for each further attempt */
  constructor(
    private readonly client: RedisClient,
    private readonly failed: () => void = () => undefined,
  ) {
    client.on('ready', () => {
      this.isOpen = true;
      this.end();
    });
    client.on('close', () => {
      if (this.isOpen) this.begin();
      else this.fail();
      this.isOpen = false;
    });
    client.on('end', () => {
      this.end();
    });
  }

  /** Settles when the connection is replaced, or cannot be; undefined if none is being replaced. */
  get pending(): Promise<void> | undefined {
    if (this.isOpen && !isUsable(this.client)) this.begin();
    return this.renewing;
  }

  private begin(): void {
    if (this.renewing !== undefined) return;
    this.renewing = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.timer = startTimer(RENEWAL_TIME, () => {
      this.fail();
    });
  }

  private fail(): void {
    this.failed();
    this.end();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.renewing = undefined;
    this.settle?.();
  }
}

/** Whether a command can be sent now. A connection that was cut stays `ready` for a moment. */
export function isUsable(client: RedisClient): boolean {
  return client.status === 'ready' && (!('stream' in client) || client.stream.writable);
}
