import { ErrorCode, type IQueueBackend, type QueueBaseOptions } from 'bullmq';
import { jsonOf, type MemoryJob } from './memory-job';
import type { MemoryQueue } from './memory-queue';
import type { MemoryQueues } from './memory-queues';
import { MemoryReads } from './memory-reads';
import type { WorkerLimits } from './rates';
import { refusal } from './refusal';

type Arguments<Method extends keyof IQueueBackend> = Parameters<
  Extract<IQueueBackend[Method], (...args: never[]) => unknown>
>;

/** What BullMQ's worker takes for its next job. */
type Fetched = unknown[];

/** Without a limit of time: a worker is woken. In seconds. */
const BLOCK = 3_600;

/**
 * BullMQ's backend of one queue, in memory: what adds jobs, and what a worker does with them. Everything above it, from
 * BullMQ's `Queue` and `Worker` on, is the same as on a real store.
 */
export class MemoryBackend extends MemoryReads {
  readonly minimumBlockTimeout = 0.001;
  readonly maximumBlockTimeout = BLOCK;
  closing: Promise<void> | undefined;
  private isInterrupted = false;
  private readonly limits: WorkerLimits;

  constructor(
    private readonly store: MemoryQueues,
    queue: MemoryQueue,
    private readonly options: QueueBaseOptions<unknown>,
    private readonly onClosed: () => void,
  ) {
    super(queue);
    this.limits = options as WorkerLimits;
    this.setMaxListeners(0);
  }

  get nextDue(): number | undefined {
    return this.queue.nextDue(this.limits);
  }

  get hasNext(): boolean {
    return this.queue.hasNext(this.limits);
  }

  waitUntilReady = () => Promise.resolve();
  setName = () => Promise.resolve();
  reconnectBlocking = () => {
    this.isInterrupted = false;
    return Promise.resolve();
  };

  close(): Promise<void> {
    this.closing ??= this.disconnect();
    this.onClosed();
    return this.closing;
  }

  disconnect(): Promise<void> {
    this.interruptReads();
    return this.disconnectBlocking();
  }

  disconnectBlocking(): Promise<void> {
    this.isInterrupted = true;
    this.store.moved.ring();
    return Promise.resolve();
  }

  async addJob(...[json, id, parent]: Arguments<'addJob'>): Promise<string> {
    return Promise.resolve(this.queue.add(json, id, parent));
  }

  addJobs(...[entries]: Arguments<'addJobs'>): Promise<string[]> {
    return Promise.all(
      entries.map(({ job, jobId, parentKeyOpts }) => this.addJob(job, jobId, parentKeyOpts)),
    );
  }

  async addFlow(...[entries]: Arguments<'addFlow'>): Promise<[Error | null, string][]> {
    return Promise.resolve(
      entries.map(({ queueName, jobData, jobId, parentKeyOpts }) => [
        null,
        this.store.queue(queueName).add(jobData, jobId, parentKeyOpts),
      ]),
    );
  }

  async moveToActive(...[token, name]: Arguments<'moveToActive'>): Promise<Fetched> {
    return Promise.resolve(this.fetch(token, name));
  }

  private fetch(token: string, name = this.workerName): Fetched {
    const job = this.closing === undefined && this.queue.fetch(token, name, this.limits);
    return job ? [jsonOf(job), job.id, 0, 0] : [null, '', 0, 0];
  }

  private get workerName(): string | undefined {
    return Reflect.get(this.options, 'name') as string | undefined;
  }

  async moveToCompleted(
    ...[{ id = '' }, result, , token, fetchNext]: Parameters<IQueueBackend['moveToCompleted']>
  ): Promise<{ result: Fetched | undefined; finishedOn: number }> {
    const finishedOn = this.queue.complete(id, token, result);
    return Promise.resolve({ result: fetchNext ? this.fetch(token) : undefined, finishedOn });
  }

  async moveToFailed(
    ...[{ id = '' }, reason, , token, fetchNext, fields]: Parameters<IQueueBackend['moveToFailed']>
  ): Promise<{ result: Fetched | undefined; finishedOn: number }> {
    const finishedOn = this.queue.fail(id, token, reason, fields);
    return Promise.resolve({ result: fetchNext ? this.fetch(token) : undefined, finishedOn });
  }

  async moveToDelayed(
    ...[
      id,
      ,
      delay,
      token,
      { skipAttempt, fieldsToUpdate, fetchNext } = {},
    ]: Arguments<'moveToDelayed'>
  ): Promise<Fetched> {
    if (skipAttempt === true) this.queue.giveBack(id, token, delay);
    else this.queue.retry(id, token, delay, fieldsToUpdate);
    return Promise.resolve(fetchNext === true && token !== undefined ? this.fetch(token) : []);
  }

  async retryJob(...[id, , token, options]: Arguments<'retryJob'>): Promise<void> {
    this.queue.retry(id, token, 0, options?.fieldsToUpdate);
    return Promise.resolve();
  }

  async moveJobFromActiveToWait(
    ...[id, token]: Arguments<'moveJobFromActiveToWait'>
  ): Promise<number> {
    this.queue.giveBack(id, token);
    return Promise.resolve(0);
  }

  async moveToWaitingChildren(
    ...[id, token]: Arguments<'moveToWaitingChildren'>
  ): Promise<boolean> {
    return Promise.resolve(this.queue.holdForChildren(id, token));
  }

  async retryFinishedJob(
    ...[{ id = '' }, state, { resetAttemptsMade = false } = {}]: Parameters<
      IQueueBackend['retryFinishedJob']
    >
  ): Promise<void> {
    if (!this.queue.redrive(id, state, resetAttemptsMade)) {
      throw refusal(ErrorCode.JobNotInState, id, 'reprocessJob');
    }
    return Promise.resolve();
  }

  async promote(id: string): Promise<void> {
    const job = this.requireJob(id, 'promote');
    if (job.state !== 'delayed') throw refusal(ErrorCode.JobNotInState, id, 'promote');
    job.delay = 0;
    this.queue.enqueue(job, 0, true);
    return Promise.resolve();
  }

  // No worker of a test is lost, and no lock expires.
  moveStalledJobsToWait = () => Promise.resolve<string[]>([]);

  async extendLock(...[id, token]: Arguments<'extendLock'>): Promise<number> {
    return Promise.resolve(this.queue.jobs.get(id)?.token === token ? 1 : 0);
  }

  async extendLocks(...[ids, tokens]: Arguments<'extendLocks'>): Promise<string[]> {
    const lost = ids.filter((id, index) => this.queue.jobs.get(id)?.token !== tokens[index]);
    return Promise.resolve(lost);
  }

  async updateData(...[{ id = '' }, data]: Parameters<IQueueBackend['updateData']>): Promise<void> {
    this.requireJob(id, 'updateData').data = JSON.stringify(data ?? {});
    return Promise.resolve();
  }

  async updateProgress(...[id, progress]: Arguments<'updateProgress'>): Promise<void> {
    const job = this.requireJob(id, 'updateProgress');
    job.progress = JSON.parse(JSON.stringify(progress)) as MemoryJob['progress'];
    job.reports.push(job.progress);
    this.queue.events.add('progress', { jobId: id, data: JSON.stringify(progress) });
    return Promise.resolve();
  }

  async addLog(...[id, line, keep = 0]: Arguments<'addLog'>): Promise<number> {
    const { logs } = this.requireJob(id, 'addLog');
    logs.push(line);
    if (keep > 0) logs.splice(0, logs.length - keep);
    return Promise.resolve(logs.length);
  }

  async clearLogs(...[id, keep = 0]: Arguments<'clearLogs'>): Promise<void> {
    const { logs } = this.requireJob(id, 'clearLogs');
    logs.splice(0, logs.length - keep);
    return Promise.resolve();
  }

  async changeDelay(...[id, delay]: Arguments<'changeDelay'>): Promise<void> {
    const job = this.requireJob(id, 'changeDelay');
    if (job.state !== 'delayed') throw refusal(ErrorCode.JobNotInState, id, 'changeDelay');
    job.delay = delay;
    this.queue.enqueue(job, delay);
    return Promise.resolve();
  }

  async changePriority(...[id, priority = 0]: Arguments<'changePriority'>): Promise<void> {
    this.requireJob(id, 'changePriority').priority = priority;
    return Promise.resolve();
  }

  async remove(id: string): Promise<number> {
    return Promise.resolve(this.queue.remove(id) ? 1 : 0);
  }

  async pause(isPaused: boolean): Promise<void> {
    if (isPaused) this.queue.meta.set('paused', '1');
    else this.queue.meta.delete('paused');
    this.store.moved.ring();
    return Promise.resolve();
  }

  async setRateLimit(time: number): Promise<void> {
    this.queue.rates.pause(time, this.store.now());
    return Promise.resolve();
  }

  async removeRateLimitKey(): Promise<number> {
    this.queue.rates.resume();
    return Promise.resolve(1);
  }

  /** For a `RetryAfterError` of a whole key. */
  async pauseKey(key: string, delay: number): Promise<void> {
    this.queue.rates.pauseKey(key, delay, this.store.now());
    return Promise.resolve();
  }

  /** Waits without a limit: what may bring a job wakes it. */
  async waitForJob(): Promise<{ member: string; score: number } | null> {
    for (;;) {
      if (this.isInterrupted || this.closing !== undefined) return null;
      if (this.hasNext) return { member: this.queue.name, score: 0 };
      await this.store.moved.next();
    }
  }

  private requireJob(id: string, command: string): MemoryJob {
    const job = this.queue.jobs.get(id);
    if (job === undefined) throw refusal(ErrorCode.JobNotExist, id, command);
    return job;
  }
}
