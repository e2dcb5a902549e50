import type { OnApplicationBootstrap } from '@nestjs/common';
import type { ConnectionPool } from '@libs/health';
import type { UnpublishedEntry } from '../cancel/unpublished-jobs';
import { dedicated } from '../connection/pool-use';
import { countChildIds } from '../contract/child-ids';
import type { QueueModuleOptions } from '../options/queue-module-options';
import type { Queues } from '../queues/queues';
import type { JobSnapshot } from '../queues/job-snapshot';
import type { QueueStore } from '../store/queue-store';
import { untilReached } from '../store/reach-store';
import type { Deadline } from '../timing/deadline';
import { LazyOutbox } from './lazy-outbox';
import { Outbox, OUTBOX_POOL_MAX, type OutboxLag } from './outbox';
import { type OutboxObserver, OutboxRelay } from './outbox-relay';

/**
 * Makes an application's jobs part of its transactions: through the queue store itself if it is in the same
 * database, otherwise through an outbox, whose relay then runs in this process.
 */
export class ApplicationOutbox implements OnApplicationBootstrap {
  private constructor(
    private readonly store: QueueStore,
    /** Undefined if jobs need no outbox. */
    private readonly outbox?: Outbox,
    private readonly relay?: OutboxRelay,
    /** Replaces both as long as it is unknown whether jobs need an outbox. */
    private readonly lazy?: LazyOutbox,
  ) {}

  /**
   * @param signal ends the wait for the database, with its reason
   * @throws QueueUnreachableError if the database of the outbox does not answer in time.
   * @throws OutboxSchemaError if its table is missing.
   */
  static async open(
    options: QueueModuleOptions,
    store: QueueStore,
    queues: Queues,
    observer: OutboxObserver,
    signal?: AbortSignal,
  ): Promise<ApplicationOutbox> {
    const outbox = outboxOf(options, store);
    if (outbox === undefined) return new ApplicationOutbox(store);
    try {
      const limits = { timeout: options.connectTimeout, signal };
      if (!(await untilReached(outbox.location, () => outbox.isNeeded(), limits))) {
        await outbox.close();
        return new ApplicationOutbox(store);
      }
    } catch (error) {
      await Promise.all([outbox.close(), store.close()]);
      throw error;
    }
    const relay = new OutboxRelay(outbox, (name) => queues.forPublishing(name), observer);
    return new ApplicationOutbox(store, outbox, relay);
  }

  /** For a process that may never need an outbox, and relays nothing. Connects on first use. */
  static lazily(options: QueueModuleOptions, store: QueueStore): ApplicationOutbox {
    const outbox = outboxOf(options, store);
    if (outbox === undefined) return new ApplicationOutbox(store);
    return new ApplicationOutbox(store, undefined, undefined, new LazyOutbox(outbox));
  }

  /** The target of jobs added in a transaction. */
  get target(): Pick<QueueStore, 'addInTransaction'> {
    return this.lazy ?? this.outbox ?? this.store;
  }

  /** Finds a committed job in the outbox; undefined if there is none, or no outbox. */
  async find(queue: string, id: string): Promise<JobSnapshot | undefined> {
    const job = await this.outbox?.find(queue, id);
    if (job === undefined) return undefined;
    const { addedAt, options, error, waits } = job;
    const total = countChildIds(options);
    const waiting = (options.delay ?? 0) > 0 ? 'delayed' : 'waiting';
    return {
      queue,
      id,
      state: waits ? 'waiting-children' : waiting,
      progress: 0,
      attempts: { made: 0, max: options.attempts ?? 1 },
      enqueuedAt: addedAt,
      startedAt: undefined,
      finishedAt: undefined,
      result: undefined,
      failure: error,
      children: total === undefined ? undefined : { total, open: total, completed: 0, failed: 0 },
      parent: undefined,
    };
  }

  /** Removes a committed job that is not published yet, unless `then` fails. See {@link Outbox.remove}. */
  async remove<Result>(
    queue: string,
    id: string,
    then: (job: UnpublishedEntry | undefined) => Promise<Result>,
  ): Promise<Result> {
    const outbox = this.outbox ?? (await this.lazy?.find());
    return outbox === undefined ? then(undefined) : outbox.remove(queue, id, then);
  }

  /** How far publication lags behind; undefined if there is no outbox. */
  async lag(): Promise<OutboxLag | undefined> {
    return this.outbox?.lag();
  }

  /** The connections of this process to the database of the outbox; none if there is no outbox. */
  get pools(): readonly ConnectionPool[] {
    const { outbox, relay } = this;
    if (outbox === undefined) return [];
    const { location } = outbox;
    return [
      { name: 'outbox', location, max: OUTBOX_POOL_MAX, use: () => outbox.use },
      {
        name: 'outbox relay',
        location,
        max: 1,
        use: () => dedicated(relay?.isConnected === true ? 1 : 0),
      },
    ];
  }

  onApplicationBootstrap(): void {
    this.relay?.start();
  }

  /** Whether there is something to close. */
  get isUsed(): boolean {
    return (this.outbox ?? this.lazy) !== undefined;
  }

  /** Lets the relay finish its batch, if the deadline allows, and closes every connection. */
  async close(deadline: Deadline): Promise<void> {
    await this.relay?.stop(deadline);
    await this.outbox?.close();
    await this.lazy?.close();
  }
}

/** Undefined if jobs need no outbox: their queues are in the database of the application. */
function outboxOf(
  { url, outbox, applicationName, migrateHint, answerTimeout }: QueueModuleOptions,
  store: QueueStore,
): Outbox | undefined {
  if (outbox === undefined || outbox.url === url) return undefined;
  return new Outbox(
    outbox.url,
    store,
    migrateHint,
    applicationName,
    answerTimeout,
    outbox.password,
  );
}
