import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** The queue that keeps many jobs. */
export const QUEUE = 'kept';

/** The data of each job. */
export const DATA = { to: 'ada@example.org' };

/** What the worker is to do; its argument, as JSON. */
export interface KeptSettings {
  readonly url: string;
  readonly queue: string;
  /** How many jobs it runs. */
  readonly jobs: number;
  /** In milliseconds: how long each takes. */
  readonly time: number;
  /** How many completed jobs its contract keeps. @default all */
  readonly maxCount?: number;
}

/** What the worker reports when it has run its jobs. */
export interface KeptReport {
  /** In the second half of them. */
  readonly jobsPerSecond: number;
  /** Of the statements that fetch jobs, and end others: when each was answered, in milliseconds since 1970. */
  readonly answeredAt: readonly number[];
  /** How long each of these took, in milliseconds. */
  readonly took: readonly number[];
}

/** The contract of the measured jobs. */
export function keptJob({ queue, maxCount }: Pick<KeptSettings, 'queue' | 'maxCount'>) {
  return defineJob({
    name: queue,
    data: z.object({ to: z.email() }),
    result: z.object({ messageId: z.string() }),
    keep: { completed: { maxCount } },
  });
}
