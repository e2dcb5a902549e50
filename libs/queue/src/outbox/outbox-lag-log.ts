import type { Logger } from '@nestjs/common';

/** In milliseconds: a row that has waited for so long is worth a line in the log. */
const LATE = 60_000;

/** Says once that jobs wait in the outbox for too long, and once that they do no more. */
export class OutboxLagLog {
  private isLate = false;

  constructor(private readonly logger: Logger) {}

  /** @param age of the oldest row, in milliseconds; 0 if there is none */
  report(age: number): void {
    if (age > LATE === this.isLate) return;
    this.isLate = !this.isLate;
    if (!this.isLate) {
      this.logger.log('No job waits in the outbox for long any more.');
      return;
    }
    const seconds = Math.round(age / 1_000);
    this.logger.warn(`The oldest job in the outbox waits for ${seconds} s to be published.`);
  }
}
