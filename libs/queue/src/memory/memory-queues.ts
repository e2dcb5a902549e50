import { AsyncLocalStorage } from 'node:async_hooks';
import { BULLMQ_WORDS } from '../bullmq/internals';
import { type ChildEnd, hasEnded, keyOf, type MemoryJob } from './memory-job';
import { MemoryQueue, type QueueNeighbours } from './memory-queue';
import { Signal } from './signal';
import type { WatchedTransaction } from './watched-transaction';

/** What a store of tests is made with. */
export interface MemoryClock {
  /** In milliseconds since 1970. */
  now(): number;
}

/** All queues of one test: what they have in common, and what they do to each other. */
export class MemoryQueues implements QueueNeighbours {
  /** Jobs that were added, in that order: those of a transaction once it has committed. */
  readonly added: MemoryJob[] = [];
  /** Jobs that have ended, in that order. */
  readonly ended: MemoryJob[] = [];
  /** Rung whenever a worker may find a job. */
  readonly moved = new Signal();
  /** How often a job has moved. */
  moves = 0;
  /** Whether workers get jobs. */
  isOpen = false;
  private readonly queues = new Map<string, MemoryQueue>();
  private readonly transactions = new AsyncLocalStorage<WatchedTransaction>();

  constructor(private readonly clock: MemoryClock) {}

  now(): number {
    return this.clock.now();
  }

  queue(name: string): MemoryQueue {
    const queue = this.queues.get(name) ?? new MemoryQueue(name, this);
    this.queues.set(name, queue);
    return queue;
  }

  /** How many jobs have not ended. */
  get unfinished(): number {
    const jobs = this.all().flatMap((queue) => [...queue.jobs.values()]);
    return jobs.filter((job) => !hasEnded(job)).length;
  }

  /** Forgets every job. */
  clear(): void {
    for (const queue of this.all()) queue.clear();
    this.added.length = 0;
    this.ended.length = 0;
  }

  all(): MemoryQueue[] {
    return [...this.queues.values()];
  }

  /** Runs a function whose jobs are added when the transaction commits. */
  inTransaction<Result>(transaction: WatchedTransaction, run: () => Promise<Result>) {
    return this.transactions.run(transaction, run);
  }

  find(queue: string, id: string): MemoryJob | undefined {
    return this.queue(queue).jobs.get(id);
  }

  /** Does something now or, within {@link inTransaction}, when that commits. */
  commit(change: () => void): void {
    const transaction = this.transactions.getStore();
    if (transaction === undefined) change();
    else transaction.stage(change);
  }

  noteMove(): void {
    this.moves += 1;
    this.moved.ring();
  }

  /** Tells the parent how its child has ended; undefined: it is gone. */
  endChild(job: MemoryJob, end: ChildEnd | undefined): void {
    const parent = this.parentOf(job);
    if (parent === undefined) return;
    if (end === undefined) parent.job.children.delete(keyOf(job));
    else parent.job.children.set(keyOf(job), end);
    const isOpen = [...parent.job.children.values()].some(({ kind }) => kind === 'open');
    if (!isOpen) parent.queue.releaseParent(parent.job);
  }

  /** What the failure of a child does to its parent is among the options of the child. */
  failChild(job: MemoryJob, reason: string): void {
    const { failParentOnFailure, ignoreDependencyOnFailure, removeDependencyOnFailure } = job.opts;
    if (ignoreDependencyOnFailure === true) this.endChild(job, { kind: 'ignored', value: reason });
    else if (removeDependencyOnFailure === true) this.endChild(job, undefined);
    const parent = this.parentOf(job);
    if (failParentOnFailure !== true || parent === undefined) return;
    parent.job.children.set(keyOf(job), { kind: 'failed' });
    if (parent.job.state === 'failed') return;
    const { start, end } = BULLMQ_WORDS.failedChild;
    parent.job.deferredFailure = `${start}${keyOf(job)}${end}`;
    if (parent.job.state !== 'waiting-children' && parent.job.state !== 'delayed') return;
    parent.job.delay = 0;
    parent.queue.enqueue(parent.job, 0, true);
  }

  /** A child that has ended is to run once more. */
  reopenChild(job: MemoryJob): void {
    const parent = this.parentOf(job);
    if (parent === undefined) return;
    parent.job.children.set(keyOf(job), { kind: 'open' });
    if (parent.job.deferredFailure?.includes(keyOf(job)) === true) {
      parent.job.deferredFailure = undefined;
    }
  }

  private parentOf({ parent }: MemoryJob) {
    if (parent === undefined) return undefined;
    const queue = this.queue(parent.queueKey);
    const job = queue.jobs.get(parent.id ?? '');
    return job && { queue, job };
  }
}
