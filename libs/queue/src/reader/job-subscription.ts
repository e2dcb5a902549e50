import { Bell } from '../timing/bell';

/**
 * In milliseconds. The job is polled after this time, in case a notification is lost with its connection.
 */
export const POLL_INTERVAL = 5_000;

/** Waits for changes of one job. Changes between two waits are merged into one. */
export class JobSubscription {
  private readonly news = new Bell();
  private heard = 0;
  private isEnded = false;
  private markEnded: () => void = () => undefined;
  /** Resolves when there is no need to poll again. */
  readonly ended = new Promise<undefined>((resolve) => {
    this.markEnded = () => {
      resolve(undefined);
    };
  });

  constructor(
    private readonly signal: AbortSignal | undefined,
    private readonly onEnd: () => void,
  ) {
    if (signal?.aborted) {
      this.isEnded = true;
      this.markEnded();
    }
    signal?.addEventListener('abort', this.end);
  }

  /** Resolves to true when the job may have changed, to false when there is no need to poll again. */
  async changed(): Promise<boolean> {
    if (!this.isEnded) await this.news.after(this.heard, POLL_INTERVAL);
    this.heard = this.news.rings;
    return !this.isEnded;
  }

  notify(): void {
    this.news.ring();
  }

  readonly end = (): void => {
    this.isEnded = true;
    this.signal?.removeEventListener('abort', this.end);
    this.onEnd();
    this.markEnded();
    this.news.ring();
  };
}
