import { ErrorCode, type IQueueBackend, type JobJson } from 'bullmq';
import { ConditionNotMet, currentCondition } from '../bullmq/conditional-add';
import { Deduplications } from './deduplications';
import { MemoryEvents } from './memory-events';
import {
  type ChildEnd,
  hasEnded,
  keyOf,
  type MemoryJob,
  type MemoryState,
  newMemoryJob,
} from './memory-job';
import { Rates, type WorkerLimits } from './rates';
import { refusal } from './refusal';

type ParentOptions = Parameters<IQueueBackend['addJob']>[2];

/** A failure, as BullMQ stores it with the end of an attempt. */
export interface StoredFailure {
  readonly failedReason?: string;
  readonly stacktrace?: string;
}

/** What a queue needs of the others of its test. */
export interface QueueNeighbours {
  readonly isOpen: boolean;
  readonly added: MemoryJob[];
  readonly ended: MemoryJob[];
  now(): number;
  find(queue: string, id: string): MemoryJob | undefined;
  /** Does something now or, in a transaction, when that commits. */
  commit(change: () => void): void;
  noteMove(): void;
  endChild(job: MemoryJob, end: ChildEnd | undefined): void;
  failChild(job: MemoryJob, reason: string): void;
  reopenChild(job: MemoryJob): void;
}

/**
 * The jobs of one queue, and the steps that BullMQ's databases take by their scripts:
 *
 *     add ──▶ waiting ──▶ active ──▶ completed, failed
 *       ├──▶ delayed ──▲    └──▶ delayed, waiting, waiting-children
 *       └──▶ waiting-children
 *
 * A step is not interrupted, and none is lost: what a lost worker, a lost answer or a second process does to a queue is
 * not in here.
 */
export class MemoryQueue {
  readonly jobs = new Map<string, MemoryJob>();
  readonly meta = new Map<string, string>();
  readonly events = new MemoryEvents();
  readonly rates = new Rates();
  readonly deduplications = new Deduplications();
  private lastId = 0;
  private lastPlace = 0;

  constructor(
    readonly name: string,
    private readonly store: QueueNeighbours,
  ) {}

  /** @returns its id, or that of the job that is there in its place */
  add(json: JobJson, givenId: string | undefined, parent: ParentOptions): string {
    this.requireCondition();
    const id = givenId === undefined || givenId === '' ? this.nextId() : givenId;
    if (this.jobs.has(id)) return id;
    const now = this.store.now();
    // BullMQ's clock is the one of the process, which is another one between two drains.
    const job = newMemoryJob(json, {
      queue: this.name,
      id,
      timestamp: json.timestamp + now - Date.now(),
    });
    const duplicate = this.deduplications.find(job, now);
    if (duplicate !== undefined) return duplicate;
    const isHeld = parent?.addToWaitingChildren === true;
    this.store.commit(() => {
      this.insert(job, isHeld);
    });
    return id;
  }

  private insert(job: MemoryJob, isHeld: boolean): void {
    if (this.jobs.has(job.id)) return;
    const { parentKey, parent } = job;
    if (parentKey !== undefined && parent !== undefined) {
      const found = this.store.find(parent.queueKey, parent.id ?? '');
      if (found === undefined) throw refusal(ErrorCode.ParentJobNotExist, parentKey, 'addJob');
      found.children.set(keyOf(job), { kind: 'open' });
    }
    this.jobs.set(job.id, job);
    this.deduplications.note(job, this.store.now());
    this.store.added.push(job);
    if (isHeld) this.move(job, 'waiting-children');
    else this.enqueue(job, job.delay);
  }

  get active(): MemoryJob[] {
    return this.inState('active');
  }

  inState(state: MemoryState): MemoryJob[] {
    return [...this.jobs.values()].filter((job) => job.state === state);
  }

  /** The job that a worker would get now. */
  private next(limits: WorkerLimits): MemoryJob | undefined {
    const now = this.store.now();
    const active = this.active;
    if (this.isBlocked(active.length)) return undefined;
    this.promoteDue(now);
    let first: MemoryJob | undefined;
    for (const job of this.jobs.values()) {
      if (job.state !== 'waiting' || this.rates.startOf(job, limits, active) > now) continue;
      if (first === undefined || isBefore(job, first)) first = job;
    }
    return first;
  }

  hasNext(limits: WorkerLimits): boolean {
    return this.store.isOpen && this.next(limits) !== undefined;
  }

  /** Gives a worker its next job. */
  fetch(token: string, worker: string | undefined, limits: WorkerLimits): MemoryJob | undefined {
    const job = this.store.isOpen ? this.next(limits) : undefined;
    if (job === undefined) return undefined;
    const now = this.store.now();
    this.rates.note(job, limits, now);
    job.token = token;
    job.processedOn = now;
    job.processedBy = worker;
    job.attemptsStarted += 1;
    this.move(job, 'active', { prev: 'waiting' });
    return job;
  }

  /** When there may be a job for a worker, in milliseconds since 1970; undefined if time alone brings none. */
  nextDue(limits: WorkerLimits): number | undefined {
    const active = this.active;
    if (this.isBlocked(active.length)) return undefined;
    const times = [...this.jobs.values()].flatMap((job) => {
      if (job.state !== 'waiting' && job.state !== 'delayed') return [];
      const start = this.rates.startOf(job, limits, active);
      return [job.state === 'delayed' ? Math.max(start, job.dueAt) : start];
    });
    const next = Math.min(...times);
    return next === Infinity ? undefined : next;
  }

  private isBlocked(active: number): boolean {
    return this.meta.has('paused') || active >= Number(this.meta.get('concurrency') ?? Infinity);
  }

  private promoteDue(now: number): void {
    const due = this.inState('delayed').filter(({ dueAt }) => dueAt <= now);
    for (const job of due.sort((a, b) => a.dueAt - b.dueAt || a.place - b.place)) {
      job.delay = 0;
      this.enqueue(job, 0);
    }
  }

  /** @throws if the job is not active, or not the caller's. */
  held(id: string, token: string | undefined, command: string): MemoryJob {
    const job = this.jobs.get(id);
    if (job === undefined) throw refusal(ErrorCode.JobNotExist, id, command);
    if (job.token === undefined) throw refusal(ErrorCode.JobLockNotExist, id, command);
    if (job.token !== token) throw refusal(ErrorCode.JobLockMismatch, id, command);
    return job;
  }

  complete(id: string, token: string, result: unknown): number {
    const job = this.held(id, token, 'moveToFinished');
    this.requireChildrenEnded(job);
    job.returnvalue = JSON.stringify(result ?? null);
    this.end(job, 'completed', { returnvalue: job.returnvalue, prev: 'active' });
    this.store.endChild(job, { kind: 'processed', value: JSON.parse(job.returnvalue) as unknown });
    return job.finishedOn ?? 0;
  }

  fail(id: string, token: string, reason: string, failure: StoredFailure = {}): number {
    const job = this.held(id, token, 'moveToFinished');
    keep(job, { ...failure, failedReason: reason });
    this.end(job, 'failed', { failedReason: reason, prev: 'active' });
    this.store.failChild(job, reason);
    return job.finishedOn ?? 0;
  }

  private end(job: MemoryJob, state: 'completed' | 'failed', event: Record<string, string>): void {
    job.finishedOn = this.store.now();
    job.attemptsMade += 1;
    job.deferredFailure = undefined;
    this.deduplications.release(job);
    this.move(job, state, event);
    const { removeOnComplete, removeOnFail } = job.opts;
    if ((state === 'completed' ? removeOnComplete : removeOnFail) === true)
      this.jobs.delete(job.id);
    this.store.ended.push(job);
  }

  /** An attempt has failed, and there is another one. */
  retry(id: string, token: string | undefined, delay: number, failure?: StoredFailure): void {
    const job = this.held(id, token, 'retryJob');
    keep(job, failure);
    job.attemptsMade += 1;
    job.delay = delay;
    this.enqueue(job, delay, job.opts.lifo);
  }

  /** The job goes back without an attempt used up: at the front if there is no delay. */
  giveBack(id: string, token: string | undefined, delay?: number): void {
    const job = this.held(id, token, 'moveToDelayed');
    job.delay = delay ?? 0;
    this.enqueue(job, job.delay, delay === undefined);
  }

  /** @returns whether the job waits for children now */
  holdForChildren(id: string, token: string): boolean {
    const job = this.held(id, token, 'moveToWaitingChildren');
    const ends = [...job.children.values()];
    if (ends.some(({ kind }) => kind === 'failed')) {
      throw refusal(ErrorCode.JobHasFailedChildren, id, 'moveToWaitingChildren');
    }
    if (!ends.some(({ kind }) => kind === 'open')) return false;
    job.token = undefined;
    this.move(job, 'waiting-children', { prev: 'active' });
    return true;
  }

  /** Its children have ended, or it is to fail for one of them. */
  releaseParent(job: MemoryJob): void {
    if (job.state === 'waiting-children') this.enqueue(job, job.delay, true);
  }

  private requireChildrenEnded({ id, children }: MemoryJob): void {
    const kinds = [...children.values()].map(({ kind }) => kind);
    if (kinds.includes('open')) {
      throw refusal(ErrorCode.JobPendingChildren, id, 'moveToFinished');
    }
    if (kinds.includes('failed')) {
      throw refusal(ErrorCode.JobHasFailedChildren, id, 'moveToFinished');
    }
  }

  enqueue(job: MemoryJob, delay: number, isFirst = job.opts.lifo ?? false): void {
    job.token = undefined;
    job.dueAt = this.store.now() + delay;
    this.lastPlace += 1;
    job.place = isFirst ? -this.lastPlace : this.lastPlace;
    if (delay > 0) this.move(job, 'delayed', { delay: job.dueAt });
    else this.move(job, 'waiting');
  }

  remove(id: string): boolean {
    const job = this.jobs.get(id);
    if (job === undefined || job.state === 'active') return false;
    this.jobs.delete(id);
    this.deduplications.release(job);
    this.store.endChild(job, undefined);
    this.events.add('removed', { jobId: id });
    return true;
  }

  /** Cancels at once what does not run; makes it the caller's, as a worker would. */
  claim(job: MemoryJob, token: string): void {
    job.delay = 0;
    job.token = token;
    this.move(job, 'active');
  }

  /** Adds a job that has ended once more. @returns whether it has */
  redrive(id: string, state: 'completed' | 'failed', isNew: boolean): boolean {
    const job = this.jobs.get(id);
    if (job === undefined || job.state !== state) return false;
    Object.assign(job, { finishedOn: undefined, processedOn: undefined, failedReason: undefined });
    job.returnvalue = 'null';
    if (isNew) Object.assign(job, { attemptsMade: 0, attemptsStarted: 0, stacktrace: '[]' });
    this.store.reopenChild(job);
    this.enqueue(job, 0);
    return true;
  }

  clear(): void {
    this.jobs.clear();
    this.deduplications.clear();
    this.rates.clear();
  }

  private move(job: MemoryJob, state: MemoryState, event: Record<string, string | number> = {}) {
    job.state = state;
    if (hasEnded(job)) job.token = undefined;
    this.events.add(state, { jobId: job.id, ...event });
    this.store.noteMove();
  }

  /** @throws ConditionNotMet if the `add` has a condition that does not hold. */
  private requireCondition(): void {
    const condition = currentCondition();
    if (condition === undefined) return;
    const { field, expected, next } = condition;
    if (this.meta.get(field) !== expected) throw new ConditionNotMet(this.name);
    this.meta.set(field, next);
  }

  private nextId(): string {
    this.lastId += 1;
    return String(this.lastId);
  }
}

/** Jobs without a priority are first, then those of the lowest number. */
function isBefore(a: MemoryJob, b: MemoryJob): boolean {
  return a.priority === b.priority ? a.place < b.place : a.priority < b.priority;
}

function keep(job: MemoryJob, { failedReason, stacktrace }: StoredFailure = {}): void {
  if (failedReason !== undefined) job.failedReason = failedReason;
  if (stacktrace !== undefined) job.stacktrace = stacktrace;
}
