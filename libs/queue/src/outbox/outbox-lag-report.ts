import type { AnyObserver } from '../observe/queue-observer';

/** In milliseconds: a row that has waited this long is reported. */
const LATE = 60_000;

/** Reports once when jobs wait too long in the outbox, and once when it has caught up. */
export class OutboxLagReport {
  private isLate = false;

  constructor(private readonly observer: Pick<AnyObserver, 'outboxLate' | 'outboxCaughtUp'>) {}

  /** @param age of the oldest row, in milliseconds; 0 if there is none */
  report(age: number): void {
    if (age > LATE === this.isLate) return;
    this.isLate = !this.isLate;
    if (this.isLate) this.observer.outboxLate({ age });
    else this.observer.outboxCaughtUp(undefined);
  }
}
