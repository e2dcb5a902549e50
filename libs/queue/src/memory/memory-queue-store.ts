import type { IQueueBackend, Queue } from 'bullmq';
import { clientBehind, noteClients } from '../connection/postgres/noted-clients';
import { StatementClient } from '../connection/postgres/statement-client';
import { NO_TRANSACTION } from '../connection/postgres/statement-error';
import {
  clientOf,
  isForeign,
  requireTransaction,
  type TransactionClient,
} from '../connection/postgres/transaction-client';
import { inTurn } from '../connection/postgres/transaction-turns';
import { OtherDatabaseError, TransactionRequiredError } from '../connection/transaction.errors';
import type { TransactionManager } from '../connection/transaction-manager';
import { addEntries } from '../store/add-entries';
import { textOf } from '../text/reason-of';
import {
  type BackendRequest,
  type JobEntry,
  type MemoryAccess,
  QueueStore,
} from '../store/queue-store';
import { StoreRequiredError } from '../store/store-required.error';
import { completeBackend } from './complete-backend';
import { MemoryBackend } from './memory-backend';
import { MemoryCancelMarks } from './memory-cancel-marks';
import { MemoryQueues } from './memory-queues';
import { WatchedTransaction } from './watched-transaction';

const OTHER_DRIVER = 'A transaction whose library does not use the package "pg"';

/**
 * The queues of one test in the memory of its process. Takes the place of the database and of nothing else. Workers get
 * jobs only while it is open.
 */
export class MemoryQueueStore extends QueueStore {
  readonly location = 'the memory of this test';
  readonly pools = [];
  readonly access: MemoryAccess;
  private isClosed = false;
  /** The backends of workers. */
  readonly workers = new Set<MemoryBackend>();

  constructor(
    readonly queues: MemoryQueues,
    private readonly onClosed: () => void,
  ) {
    super();
    noteClients();
    this.access = {
      kind: 'memory',
      marks: new MemoryCancelMarks(queues),
      readMeta: (queue, field) => queues.queue(queue).meta.get(field),
      changeMeta: (queue, field, expected, next) => {
        const { meta } = queues.queue(queue);
        if (meta.get(field) !== expected) return false;
        if (next === undefined) meta.delete(field);
        else meta.set(field, next);
        return true;
      },
    };
  }

  protected override openBackend(...[name, options, role]: BackendRequest): IQueueBackend {
    const backend = new MemoryBackend(this.queues, this.queues.queue(name), options, () => {
      this.workers.delete(backend);
    });
    if (role?.withBlockingConnection === true) this.workers.add(backend);
    return completeBackend(backend);
  }

  latestEventId(queue: string): Promise<string> {
    return Promise.resolve(this.queues.queue(queue).events.latest());
  }

  requireFlows(): void {
    // Queues are all in one place.
  }

  async addInTransaction(
    transaction: TransactionManager,
    queue: Queue,
    entries: readonly JobEntry[],
  ): Promise<string[]> {
    const client = await clientOf(transaction);
    if (client === undefined) throw new TransactionRequiredError(queue.name);
    // Whose end cannot be seen.
    if (isForeign(client)) throw new OtherDatabaseError(queue.name, this.location);
    if (transaction.queryRunner?.isTransactionActive === undefined)
      await this.require(client, queue);
    const watched = client instanceof StatementClient ? await clientBehind(client) : client;
    if (watched === undefined) throw new StoreRequiredError(OTHER_DRIVER);
    return this.queues.inTransaction(WatchedTransaction.on(watched), () =>
      addEntries(queue, entries),
    );
  }

  private async require(client: TransactionClient, { name }: Queue): Promise<void> {
    try {
      await inTurn(client, () => requireTransaction(client));
    } catch (error) {
      if (textOf(error, 'code') !== NO_TRANSACTION) throw error;
      throw new TransactionRequiredError(name, { cause: error });
    }
  }

  sharesDatabase(): Promise<boolean> {
    return Promise.resolve(true);
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (!this.isClosed) this.onClosed();
    this.isClosed = true;
    return Promise.resolve();
  }
}
