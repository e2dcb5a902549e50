import type { QueueStore } from '../store/queue-store';
import type { Outbox } from './outbox';

type Target = Pick<QueueStore, 'addInTransaction'>;

/**
 * An outbox of a process that may never use it: whether jobs need it is found out when the first one is
 * added in a transaction. It is written to here, and relayed by other processes.
 */
export class LazyOutbox implements Target {
  private target: Promise<Target> | undefined;

  constructor(private readonly outbox: Outbox) {}

  /** @throws OutboxSchemaError as well, if it is needed and the database has no table for it. */
  async addInTransaction(...job: Parameters<Target['addInTransaction']>): Promise<string[]> {
    this.target ??= this.chooseTarget();
    return (await this.target).addInTransaction(...job);
  }

  close(): Promise<void> {
    return this.outbox.close();
  }

  private async chooseTarget(): Promise<Target> {
    try {
      return (await this.outbox.isNeeded()) ? this.outbox : this.outbox.store;
    } catch (error) {
      // The next job asks again.
      this.target = undefined;
      throw error;
    }
  }
}
