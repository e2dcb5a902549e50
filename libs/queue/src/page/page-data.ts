/* What the page and its server exchange. Times are in milliseconds since 1970, durations in milliseconds. */

/** A queue now, and what it did lately. */
export interface QueueView {
  readonly queue: string;
  readonly waiting: number;
  readonly due: number;
  readonly delayed: number;
  readonly running: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly waitingForChildren: number;
  readonly oldestSince: number | null;
  readonly paused: boolean;
  readonly pausedAt: number | null;
  readonly pausedBy: string | null;
  /** How its jobs are limited, in words. */
  readonly limits: readonly string[];
  /** By minute, the oldest first; the last one is not over. */
  readonly history: readonly FinishedJobs[];
  /** Null if no completed job is kept. */
  readonly durations: Durations | null;
}

export interface FinishedJobs {
  readonly completed: number;
  /** Cancelled ones among them. */
  readonly failed: number;
}

/** Of the latest completed jobs. */
export interface Durations {
  readonly jobs: number;
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
}

export interface RunningJobView {
  readonly queue: string;
  readonly id: string;
  /** The worker's name; null if it has none. */
  readonly worker: string | null;
  readonly startedAt: number | null;
  readonly attempt: number;
  readonly attempts: number;
  /** In percent, if the job reports a number from 0 to 100. */
  readonly progress: number | null;
}

/** A process that runs jobs, whether it has some to run or not. */
export interface WorkerView {
  /** As running jobs have it. */
  readonly name: string;
  readonly startedAt: number;
  readonly isStopping: boolean;
  /** How long ago it has said that it is there. */
  readonly silentFor: number;
  readonly queues: readonly {
    readonly queue: string;
    /** How many jobs it runs at the same time. */
    readonly concurrency: number;
    readonly isolation: 'process' | 'thread' | null;
  }[];
}

export interface ScheduleView {
  readonly queue: string;
  readonly name: string;
  readonly expression: string;
  readonly timezone: string | null;
  readonly inEffect: boolean;
  readonly next: number | null;
  /** The same on a clock in the schedule's zone. */
  readonly nextLocal: string | null;
  readonly last: {
    readonly id: string;
    readonly at: number;
    readonly outcome: string | null;
  } | null;
  readonly skipped: { readonly at: number; readonly reason: string } | null;
}

export interface Overview {
  readonly now: number;
  readonly store: string;
  readonly queues: readonly QueueView[];
  /** Not more than {@link RUNNING_SHOWN} of each queue. */
  readonly running: readonly RunningJobView[];
  readonly workers: readonly WorkerView[];
  readonly schedules: readonly ScheduleView[];
  /** Null if jobs need no outbox. */
  readonly outbox: {
    readonly rows: number;
    readonly refused: number;
    readonly oldestAge: number;
  } | null;
}

export const RUNNING_SHOWN = 25;

/** Minutes of a history. */
export const HISTORY_LENGTH = 30;

export const LISTED_STATES = [
  'failed',
  'running',
  'waiting',
  'delayed',
  'waiting-children',
  'completed',
  'cancelled',
] as const;

export type ListedState = (typeof LISTED_STATES)[number];

/** One row of a list of jobs. */
export interface JobRow {
  readonly queue: string;
  readonly id: string;
  readonly name: string;
  /** On one line, shortened. */
  readonly data: string;
  readonly addedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** When a delayed job is due. */
  readonly dueAt: number | null;
  readonly attempts: { readonly made: number; readonly max: number };
  readonly failure: string | null;
  readonly worker: string | null;
}

export interface JobList {
  readonly jobs: readonly JobRow[];
  /** How many jobs were read. */
  readonly searched: number;
  /** The `after` of the next list; null if all were read. */
  readonly next: string | null;
}

/** Dead jobs of a queue that failed for the same reason, but for numbers and ids. */
export interface FailureGroup {
  readonly kind: string;
  /** The reason of the latest one. */
  readonly example: string;
  readonly exampleId: string;
  readonly jobs: number;
  readonly latest: number;
}

export interface Failures {
  readonly groups: readonly FailureGroup[];
  /** How many dead jobs were read, of how many. */
  readonly read: number;
  readonly total: number;
}

export interface RelatedJob {
  readonly queue: string;
  readonly id: string;
  /** `completed`, `failed`, `ignored` or `open` for a child; null for a parent. */
  readonly state: string | null;
}

export interface JobView extends JobRow {
  readonly state: string;
  /** A number as it is, otherwise as JSON. */
  readonly progress: number | string;
  /** As indented JSON. */
  readonly json: string;
  readonly result: string | null;
  readonly options: string;
  readonly history: readonly {
    readonly attempt: number;
    readonly at: number | null;
    readonly stack: string;
  }[];
  readonly log: readonly string[];
  readonly logLines: number;
  readonly parent: RelatedJob | null;
  readonly children: readonly RelatedJob[];
}

/** What came of an action, for the visitor to read. */
export interface ActionReport {
  readonly message: string;
  /** Where to look next: the job that was added. */
  readonly job?: { readonly queue: string; readonly id: string };
}

/** Written into the page. */
export interface PageSetup {
  readonly user: string;
  readonly how: 'open' | 'session' | 'proxy';
  readonly readOnly: boolean;
}
