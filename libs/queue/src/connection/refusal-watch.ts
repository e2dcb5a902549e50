import type { AnyObserver } from '../observe/queue-observer';
import { QueueAccessError } from './queue-access.error';
import type { QueueUnreachableError } from './queue-unreachable.error';

/** What is refused for a while, or until an account is changed. */
export type StoreRefusal = QueueUnreachableError | QueueAccessError;

/** In milliseconds: a step that was refused longer ago, and not tried since, proves nothing any more. */
const FORGET = 30_000;

/**
 * Reports once that a store refuses, and once that it does no longer, however many callers notice. A store may
 * answer some questions while it refuses others (a full one can be read), so each step counts for itself.
 */
export class RefusalWatch {
  /** When each step was last refused. */
  private readonly refused = new Map<string, number>();
  private lastError: StoreRefusal | undefined;
  private wasUsed = false;

  constructor(
    private readonly location: string,
    private readonly observer: Pick<AnyObserver, 'storeLost' | 'storeBack'>,
  ) {}

  /** Whether anything was refused, and has not succeeded since. */
  get isRefusing(): boolean {
    return this.refused.size > 0;
  }

  /** The last refusal, while anything is refused. */
  get latest(): StoreRefusal | undefined {
    return this.isRefusing ? this.lastError : undefined;
  }

  onRefused(step: string, error: StoreRefusal): void {
    // A start ends with this error.
    if (error instanceof QueueAccessError && !this.wasUsed) return;
    const isFirst = !this.isRefusing;
    this.lastError = error;
    this.refused.set(step, performance.now());
    if (isFirst) this.observer.storeLost({ store: this.location, error });
  }

  onDone(step: string): void {
    this.wasUsed = true;
    if (!this.isRefusing) return;
    const oldest = performance.now() - FORGET;
    for (const [each, at] of this.refused) {
      if (each === step || at < oldest) this.refused.delete(each);
    }
    if (this.refused.size === 0) this.observer.storeBack({ store: this.location });
  }

  /** The store takes everything again. */
  onUsable(): void {
    this.wasUsed = true;
    if (!this.isRefusing) return;
    this.refused.clear();
    this.observer.storeBack({ store: this.location });
  }
}
