import type { JobJson, JobProgress, JobsOptions } from 'bullmq';

export type MemoryState =
  'waiting' | 'delayed' | 'active' | 'waiting-children' | 'completed' | 'failed';

/** What became of a child, as its parent knows it. */
export type ChildEnd =
  | { readonly kind: 'open' | 'failed' }
  | { readonly kind: 'processed'; readonly value: unknown }
  | { readonly kind: 'ignored'; readonly value: string };

/** One job in memory. Data, options, result and stacks have been through JSON, as in a database. */
export interface MemoryJob {
  readonly queue: string;
  readonly id: string;
  readonly name: string;
  readonly opts: JobsOptions;
  readonly timestamp: number;
  readonly parent: JobJson['parent'];
  readonly parentKey: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly repeatJobKey: string | undefined;
  /** What it waits for, by the key of each child. */
  readonly children: Map<string, ChildEnd>;
  readonly logs: string[];
  /** JSON. */
  data: string;
  state: MemoryState;
  /** Among jobs of one priority, the lower one is first. */
  place: number;
  priority: number;
  delay: number;
  /** In milliseconds since 1970, while it is delayed. */
  dueAt: number;
  progress: JobProgress;
  /** Every progress report. */
  readonly reports: JobProgress[];
  attemptsMade: number;
  attemptsStarted: number;
  processedOn: number | undefined;
  finishedOn: number | undefined;
  processedBy: string | undefined;
  failedReason: string | undefined;
  /** JSON. */
  stacktrace: string;
  /** JSON. */
  returnvalue: string;
  /** Why it is to fail without being run. */
  deferredFailure: string | undefined;
  /** Of the worker that runs it. */
  token: string | undefined;
}

/** A job as it is added, before it has a place. */
export function newMemoryJob(
  json: JobJson,
  { queue, id, timestamp }: Pick<MemoryJob, 'queue' | 'id' | 'timestamp'>,
): MemoryJob {
  const opts = JSON.parse(JSON.stringify(json.opts)) as JobsOptions;
  return {
    queue,
    id,
    name: json.name,
    opts,
    timestamp,
    parent: json.parent,
    parentKey: json.parentKey,
    deduplicationId: json.deduplicationId,
    repeatJobKey: json.repeatJobKey,
    children: new Map(),
    logs: [],
    data: json.data,
    state: 'waiting',
    place: 0,
    priority: json.priority ?? opts.priority ?? 0,
    delay: json.delay ?? opts.delay ?? 0,
    dueAt: 0,
    progress: 0,
    reports: [],
    attemptsMade: 0,
    attemptsStarted: 0,
    processedOn: undefined,
    finishedOn: undefined,
    processedBy: undefined,
    failedReason: undefined,
    stacktrace: '[]',
    returnvalue: 'null',
    deferredFailure: undefined,
    token: undefined,
  };
}

/** A job as BullMQ's backends give it to a worker or a reader. */
export function jsonOf(job: MemoryJob): JobJson {
  const { id, name, data, opts, progress, attemptsMade, attemptsStarted, timestamp } = job;
  return {
    id,
    name,
    data,
    opts: structuredClone(opts),
    progress,
    attemptsMade,
    attemptsStarted,
    timestamp,
    delay: job.delay,
    priority: job.priority,
    stacktrace: job.stacktrace,
    returnvalue: job.returnvalue,
    stalledCounter: 0,
    finishedOn: job.finishedOn,
    processedOn: job.processedOn,
    processedBy: job.processedBy,
    parent: job.parent,
    parentKey: job.parentKey,
    repeatJobKey: job.repeatJobKey,
    deduplicationId: job.deduplicationId,
    deferredFailure: job.deferredFailure,
    // BullMQ's type lacks that most jobs have none.
    failedReason: job.failedReason as string,
  };
}

/** The key by which a parent knows its child. */
export function keyOf({ queue, id }: Pick<MemoryJob, 'queue' | 'id'>): string {
  return `${queue}:${id}`;
}

export function hasEnded({ state }: Pick<MemoryJob, 'state'>): boolean {
  return state === 'completed' || state === 'failed';
}
