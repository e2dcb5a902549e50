import { Logger } from '@nestjs/common';
import type { Repository } from 'typeorm';

/** Between two sweeps, in milliseconds. */
const HOUR = 60 * 60 * 1_000;

/** Deletes the rows of a table that exceed an age, at startup and then once an hour. */
export class ExpirySweep<Row extends { createdAt: Date }> {
  private readonly logger = new Logger('Expiry');
  private timer: NodeJS.Timeout | undefined;
  private sweeping = Promise.resolve();

  constructor(
    private readonly rows: Repository<Row>,
    /** In milliseconds. */
    private readonly maxAge: number,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.sweepQuietly();
    }, HOUR).unref();
    this.sweepQuietly();
  }

  /** Resolves when the last sweep has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Uses the clock of the database, which wrote the times. */
  async sweep(): Promise<void> {
    await this.rows
      .createQueryBuilder()
      .delete()
      .where(`created_at < now() - :maxAge * interval '1 millisecond'`, { maxAge: this.maxAge })
      .execute();
  }

  private sweepQuietly(): void {
    this.sweeping = this.sweep().catch((error: unknown) => {
      // The next sweep will delete them.
      this.logger.warn(`${this.rows.metadata.tableName} were not cleaned: ${String(error)}`);
    });
  }
}
