import { defineJob } from '@libs/queue';
import * as z from 'zod';

export const QUEUE = 'due';

/** A job that does nothing. */
export const dueJob = defineJob({ name: QUEUE, data: z.object({}) });

/** What the worker has seen. Times are in milliseconds, those that end in `At` since 1970. */
export interface DueReport {
  firstAt: number;
  lastAt: number;
  /** The slowest statement that fetches jobs. */
  slowest: number;
  /** How often it was not ready, of so many checks. */
  notReady: number;
  checks: number;
  /** Warnings and errors in its log. */
  lines: string[];
}
