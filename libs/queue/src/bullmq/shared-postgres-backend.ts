import { PostgresQueueBackend, type QueueBaseOptions } from 'bullmq';
import { textOf } from '../text/reason-of';
import { EventArrivals } from './event-arrivals';
import { POSTGRES_STATEMENTS } from './internals';
import type { SharedPostgresConnection } from './shared-postgres-connection';

type NewJob = Parameters<PostgresQueueBackend['addJobs']>[0][number];

/** In milliseconds; the parent waits at least this long between its two looks. */
const AT_ONCE = 1;

/** Postgres: a row with this key is there already. */
const UNIQUE_VIOLATION = '23505';

/** BullMQ's view of one queue, over the connection that the whole process shares. */
export class SharedPostgresBackend extends PostgresQueueBackend {
  private readonly arrivals: EventArrivals;

  constructor(
    connection: SharedPostgresConnection,
    queue: string,
    options: QueueBaseOptions<unknown>,
  ) {
    // BullMQ reads no connection from the options here: the first argument is the connection.
    super(connection, queue, options as QueueBaseOptions<string>);
    this.arrivals = new EventArrivals(connection, queue);
  }

  /**
   * The parent looks for events, and then begins to listen: one that comes between the two wakes it
   * only when its time is out. Here notifications are counted from before the look.
   */
  override async readEvents(
    id: string,
    blockTimeout: number,
  ): ReturnType<PostgresQueueBackend['readEvents']> {
    // Each look of the parent would take `$` for another event.
    if (id === '$') return super.readEvents(id, blockTimeout);
    const deadline = Date.now() + blockTimeout;
    for (;;) {
      const seen = await this.arrivals.seen();
      const events = await super.readEvents(id, AT_ONCE);
      if (events !== null || this.arrivals.stopped || Date.now() >= deadline) return events;
      await this.arrivals.after(seen, deadline - Date.now());
    }
  }

  override async disconnect(): Promise<void> {
    this.arrivals.stop();
    await super.disconnect();
  }

  override async close(force?: boolean): Promise<void> {
    this.arrivals.stop();
    await super.close(force);
  }

  override async addJob(
    ...[job, jobId, ...others]: Parameters<PostgresQueueBackend['addJob']>
  ): Promise<string> {
    const known = await this.knownJobs([{ job, jobId }]);
    return known.has(jobId) ? jobId : super.addJob(job, jobId, ...others);
  }

  override async addJobs(entries: Parameters<PostgresQueueBackend['addJobs']>[0]) {
    const known = await this.knownJobs(entries);
    if (known.size === 0) return super.addJobs(entries);
    const fresh = entries.filter(({ jobId }) => !known.has(jobId));
    const added = (fresh.length === 0 ? [] : await super.addJobs(fresh)).values();
    return entries.map(({ jobId }) => (known.has(jobId) ? jobId : (added.next().value ?? jobId)));
  }

  /**
   * Of those that are to be dropped if there is one like them, the ids of those that are there themselves:
   * an outbox publishes a job a second time, say. The parent would not add them either, but only after
   * it has given them the key that tells which are alike; and one that has ended never lets go of it, so
   * that all that follow would be dropped.
   */
  private async knownJobs(
    entries: readonly Pick<NewJob, 'job' | 'jobId'>[],
  ): Promise<ReadonlySet<string>> {
    const ids = entries.filter(({ job, jobId }) => jobId && job.deduplicationId);
    if (ids.length === 0) return new Set();
    const { rows } = await this.connection.pool.query<{ id: string }>(
      POSTGRES_STATEMENTS.knownJobs,
      // As text: in a transaction, parameters become part of the statement.
      [this.queueName, JSON.stringify(ids.map(({ jobId }) => jobId))],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * The parent lets a job have its attempts again, but not its losses of a worker: one that has failed
   * for those would fail again at the first. Dead it may as well have none.
   */
  override async retryFinishedJob(
    ...[job, state, options = {}]: Parameters<PostgresQueueBackend['retryFinishedJob']>
  ): Promise<void> {
    if (options.resetAttemptsStarted) {
      await this.connection.pool.query(POSTGRES_STATEMENTS.forgetLostWorkers, [
        this.queueName,
        job.id,
        state,
      ]);
    }
    await super.retryFinishedJob(job, state, options);
  }

  /**
   * The parent gives a line the number after the highest, so that of two that are added at the same
   * moment one fails. Each time one of them succeeds.
   */
  override async addLog(...line: Parameters<PostgresQueueBackend['addLog']>): Promise<number> {
    for (;;) {
      try {
        return await super.addLog(...line);
      } catch (error) {
        if (textOf(error, 'code') !== UNIQUE_VIOLATION) throw error;
      }
    }
  }

  /** The parent remembers a failure for ever; the connection tries again. */
  override waitUntilReady(): Promise<void> {
    return this.connection.waitUntilReady();
  }

  /**
   * The parent would name the listening connection after this queue. It belongs to all of them, and
   * keeps the name of the application.
   */
  override setName(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * In seconds. The parent lets an idle worker rely on notifications for an hour; one that is lost
   * together with its connection is then made up for within this time.
   */
  override get maximumBlockTimeout(): number {
    return 10;
  }
}
