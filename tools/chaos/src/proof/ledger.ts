import type { Cancel } from './cancel-breaches';
import type { SlotRun } from './limit-breaches';

/** What a producer knows about one of its transactions. */
export type Outcome =
  /** The server confirmed the commit. */
  | 'committed'
  /** Rolled back, or its commit was never sent. */
  | 'rolled back'
  /** The producer was killed, or lost its connection during the commit. The ledger decides. */
  | 'unknown';

/** A row that a producer wrote in the same transaction as a job. */
export interface CommittedRow {
  /** The id of the job. */
  id: string;
  /** The job's deduplication key: at most one job with it is in the queue. Null if the job itself must be done. */
  key: string | null;
  /** The id of the job that took the place of this one, if the producer was told. */
  sameAs: string | null;
  /** The job that waits for this one, and whether it fails with it. */
  parent?: string | null;
  isNeeded?: boolean;
}

/** The evidence. Jobs are identified by the ids that their producers chose. */
export interface Ledger {
  /** What producers tried, and the outcome as far as they know. */
  tried: readonly { id: string; outcome: Outcome }[];
  committed: readonly CommittedRow[];
  /** How often each job was started. */
  runs: readonly { id: string; times: number }[];
  /** How often the effect of each job is in the ledger. */
  effects: readonly { id: string; times: number }[];
  /** Jobs in the queue that failed permanently. */
  dead: readonly { id: string; reason: string }[];
  /** The cancels that producers asked for, and the jobs that are cancelled in the queue. */
  cancels?: readonly Cancel[];
  cancelled?: readonly string[];
  /** Runs of jobs with a limit, and how many of a tenant may run at the same time. */
  slots?: readonly SlotRun[];
  slotLimit?: number;
  /** Runs of the schedule, in the order of their times: what they are for, and when their jobs were added. */
  ticks?: readonly { at: number; added: number }[];
  /** How far the times of the schedule are apart, in milliseconds. */
  tickPeriod?: number;
  /** Whether the store may lose jobs that it has confirmed. */
  mayLose?: boolean;
  /** Whether the store is replicated, so that a failover may undo what it has confirmed to a worker. */
  isReplicated?: boolean;
  /** Remaining connections, locks, rows and processes; each a sentence. */
  leftovers: readonly string[];
}
