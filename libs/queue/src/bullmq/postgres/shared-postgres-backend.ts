import { PostgresQueueBackend, type QueueBaseOptions } from 'bullmq';
import { textOf } from '../../text/reason-of';
import { type AddCondition, currentCondition } from '../conditional-add';
import { ConditionalQueries } from './conditional-add-postgres';
import { EventArrivals } from './event-arrivals';
import { HeldBackJobs } from './held-back-jobs';
import { POSTGRES_CHANNELS, POSTGRES_STATEMENTS } from '../internals';
import { arriving, type ParkedJobs } from '../key-limits';
import { limitKeyOf, type WithKeyLimits } from '../../contract/key-limits';
import { cleanEnded, releaseParents, retryEnded } from './postgres-flows';
import {
  PatientWait,
  type PatientBackend,
  type PatientWorker,
  type StalledOptions,
} from './patient-wait';
import { stateCounts } from './postgres-state-counts';
import type { SharedPostgresConnection } from './shared-postgres-connection';

type NewJob = Parameters<PostgresQueueBackend['addJobs']>[0][number];

/** In milliseconds; the parent waits at least this long between its two polls. */
const AT_ONCE = 1;

/** Postgres: a row with this key exists already. */
const UNIQUE_VIOLATION = '23505';

/** BullMQ's backend of one queue, on the connection shared by the process. */
export class SharedPostgresBackend
  extends PostgresQueueBackend
  implements ParkedJobs, PatientBackend
{
  private readonly arrivals: EventArrivals;
  private readonly newJobs: EventArrivals;
  private readonly heldBack: HeldBackJobs;
  /** Of a worker that need not poll. */
  private patience: PatientWait | undefined;
  /** Whether the last fetch was answered: after one that failed, the worker tries again. */
  private canFetch = false;

  constructor(
    private readonly shared: SharedPostgresConnection,
    queue: string,
    options: QueueBaseOptions<unknown>,
  ) {
    // BullMQ reads no connection from the options here: it is the first argument.
    super(shared, queue, options as QueueBaseOptions<string>);
    this.arrivals = new EventArrivals(shared, queue, POSTGRES_CHANNELS.events);
    this.newJobs = new EventArrivals(shared, queue, POSTGRES_CHANNELS.jobs);
    this.heldBack = new HeldBackJobs(this.newJobs);
  }

  override async moveToActive(
    ...args: Parameters<PostgresQueueBackend['moveToActive']>
  ): ReturnType<PostgresQueueBackend['moveToActive']> {
    this.canFetch = false;
    const started = performance.now();
    const answer = await super.moveToActive(...args);
    this.canFetch = true;
    const found = Boolean(answer[0]);
    this.heldBack.fetched(found);
    this.patience?.fetched(found, performance.now() - started);
    return answer;
  }

  waitPatiently(worker: PatientWorker): void {
    const { queueName: queue } = this;
    const isLimited = (this.opts as WithKeyLimits).keyLimits !== undefined;
    this.patience ??= new PatientWait(this.shared.watch, { queue, isLimited }, worker);
  }

  override waitForJob(blockTimeout: number): ReturnType<PostgresQueueBackend['waitForJob']> {
    const patience = this.canFetch ? this.patience : undefined;
    return this.heldBack.wait(
      blockTimeout,
      () => patience?.wait(blockTimeout) ?? super.waitForJob(blockTimeout),
    );
  }

  override async moveStalledJobsToWait(): Promise<string[]> {
    const isNeeded = this.patience?.isStalledCheckDue(this.opts as StalledOptions) ?? true;
    return isNeeded ? super.moveStalledJobsToWait() : [];
  }

  override disconnectBlocking(wait?: boolean): Promise<void> {
    this.newJobs.release();
    this.patience?.interrupt();
    return super.disconnectBlocking(wait);
  }

  override reconnectBlocking(): Promise<void> {
    this.patience?.goOn();
    return super.reconnectBlocking();
  }

  /**
   * The parent polls for events, and then starts listening: an event between the two is delivered only at
   * the timeout. Here notifications are counted from before the poll.
   */
  override async readEvents(
    id: string,
    blockTimeout: number,
  ): ReturnType<PostgresQueueBackend['readEvents']> {
    // `$` would mean another event at each poll of the parent.
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
    this.newJobs.stop();
    this.patience?.stop();
    await super.disconnect();
  }

  override async close(force?: boolean): Promise<void> {
    this.arrivals.stop();
    this.newJobs.stop();
    this.patience?.stop();
    await super.close(force);
  }

  /** @throws ConditionNotMet if it has a condition that does not hold. */
  override async addJob(
    ...[job, jobId, ...others]: Parameters<PostgresQueueBackend['addJob']>
  ): Promise<string> {
    const condition = currentCondition();
    if (condition !== undefined) return this.addJobIf(condition, job, jobId, ...others);
    const known = await this.knownJobs([{ job, jobId }]);
    return known.has(jobId) ? jobId : super.addJob(arriving(job), jobId, ...others);
  }

  private async addJobIf(
    condition: AddCondition,
    ...[job, jobId, ...others]: Parameters<PostgresQueueBackend['addJob']>
  ): Promise<string> {
    const known = await this.knownJobs([{ job, jobId }]);
    const guarded = new ConditionalQueries(this.connection.pool, this.queueName, condition);
    if (known.has(jobId)) {
      await guarded.query('SELECT 1');
      return jobId;
    }
    // The same backend, but for where its statement goes.
    const backend = Object.create(this, { query: { value: guarded.query } }) as this;
    return PostgresQueueBackend.prototype.addJob.call(backend, arriving(job), jobId, ...others);
  }

  override async addJobs(entries: Parameters<PostgresQueueBackend['addJobs']>[0]) {
    const known = await this.knownJobs(entries);
    const all = entries.map((entry) => ({ ...entry, job: arriving(entry.job) }));
    if (known.size === 0) return super.addJobs(all);
    const fresh = all.filter(({ jobId }) => !known.has(jobId));
    const added = (fresh.length === 0 ? [] : await super.addJobs(fresh)).values();
    return entries.map(({ jobId }) => (known.has(jobId) ? jobId : (added.next().value ?? jobId)));
  }

  /**
   * Ids of deduplicated jobs that already exist, because an outbox publishes a job a second time, for
   * example. The parent would not add them either, but only after giving them the deduplication key. A
   * finished job never releases the key, so all later duplicates would be dropped.
   */
  private async knownJobs(
    entries: readonly Pick<NewJob, 'job' | 'jobId'>[],
  ): Promise<ReadonlySet<string>> {
    const ids = entries.filter(({ job, jobId }) => jobId && job.deduplicationId);
    if (ids.length === 0) return new Set();
    const { rows } = await this.connection.pool.query<{ id: string }>(
      POSTGRES_STATEMENTS.knownJobs,
      // A string, because in a transaction parameters are inlined into the statement.
      [this.queueName, JSON.stringify(ids.map(({ jobId }) => jobId))],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * The parent resets a job's attempts, but not its count of lost workers: a job that failed because of
   * that count would fail again at the first loss. While dead it needs no count.
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
    const { id = '', parentKey, opts } = job;
    const { resetAttemptsMade: made = false, resetAttemptsStarted: started = false } = options;
    const parameters = [this.queueName, id, state, opts.lifo ?? false, made, started] as const;
    const how = { hasParent: parentKey !== undefined, hasKey: limitKeyOf(opts) !== undefined };
    const isRetried =
      (how.hasParent || how.hasKey) && (await retryEnded(this.connection.pool, parameters, how));
    // Of a job that was not in this state, the parent says so.
    if (!isRetried) await super.retryFinishedJob(job, state, options);
  }

  override async addFlow(
    entries: Parameters<PostgresQueueBackend['addFlow']>[0],
  ): ReturnType<PostgresQueueBackend['addFlow']> {
    return super.addFlow(entries.map((entry) => ({ ...entry, jobData: arriving(entry.jobData) })));
  }

  /** The parent takes from a job that still waits, or is to be redriven, what its removed children have left. */
  override async cleanJobsByState(
    ...[state, timestamp, limit = 0]: Parameters<PostgresQueueBackend['cleanJobsByState']>
  ): Promise<string[]> {
    if (state === 'completed' || state === 'failed') {
      const removed = await cleanEnded(this.connection.pool, this.queueName, {
        state,
        endedBefore: timestamp,
        limit,
      });
      if (removed.length > 0) return removed;
    }
    // Such that a parent waits for: a child without a mode that has failed.
    return super.cleanJobsByState(state, timestamp, limit);
  }

  /** The parent reads every row of the queue. */
  override async getCounts(
    ...[types, delayedTimestamp]: Parameters<PostgresQueueBackend['getCounts']>
  ): Promise<number[]> {
    if (delayedTimestamp !== undefined) return super.getCounts(types, delayedTimestamp);
    await this.connection.waitUntilReady();
    return stateCounts(this.connection.pool, this.queueName, types);
  }

  /** The parent leaves jobs of other queues waiting for the children that it removes. */
  override async obliterate(
    ...[options]: Parameters<PostgresQueueBackend['obliterate']>
  ): ReturnType<PostgresQueueBackend['obliterate']> {
    const cursor = await super.obliterate(options);
    await releaseParents(this.connection.pool, this.queueName);
    return cursor;
  }

  async releaseParked(): Promise<void> {
    await this.connection.pool.query(POSTGRES_STATEMENTS.releaseParked, [this.queueName]);
  }

  /**
   * The parent numbers a line after the highest one, so that of two lines added at the same moment one
   * fails. Each retry succeeds for one of them.
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

  /** The parent keeps a failure; the connection retries. */
  override waitUntilReady(): Promise<void> {
    return this.connection.waitUntilReady();
  }

  /**
   * The parent would name the listening connection after this queue. All queues share it, so it keeps the
   * application's name.
   */
  override setName(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * In seconds. In the parent an idle worker relies on notifications for an hour. This limit bounds the
   * delay if a notification is lost together with its connection.
   */
  override get maximumBlockTimeout(): number {
    return 10;
  }
}
