import type { QueueStore } from '../store/queue-store';
import type { Outbox } from './outbox';

type Target = Pick<QueueStore, 'addInTransaction'>;

/**
 * The outbox of a process that may never use it: whether jobs need an outbox is checked when the first one
 * is added in a transaction. This process only writes to it; other processes relay it.
 */
export class LazyOutbox implements Target {
  private target: Promise<Target> | undefined;

  constructor(private readonly outbox: Outbox) {}

  /** @throws OutboxSchemaError as well, if it is needed and its table is missing. */
  async addInTransaction(...job: Parameters<Target['addInTransaction']>): Promise<string[]> {
    this.target ??= this.chooseTarget();
    return (await this.target).addInTransaction(...job);
  }

  /** The outbox, if jobs need one. */
  async find(): Promise<Outbox | undefined> {
    this.target ??= this.chooseTarget();
    return (await this.target) === this.outbox ? this.outbox : undefined;
  }

  close(): Promise<void> {
    return this.outbox.close();
  }

  private async chooseTarget(): Promise<Target> {
    try {
      return (await this.outbox.isNeeded()) ? this.outbox : this.outbox.store;
    } catch (error) {
      // The next job checks again.
      this.target = undefined;
      throw error;
    }
  }
}
