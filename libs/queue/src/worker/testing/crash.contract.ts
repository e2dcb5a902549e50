import * as z from 'zod';
import { defineJob } from '../../contract/define-job';

/** How a job ends its worker's process. `outside`: by code that no job has started. */
export const WAYS = ['timer', 'rejection', 'stream', 'exit', 'late', 'outside'] as const;

export const crashJob = defineJob({
  name: 'crash',
  data: z.object({ way: z.enum(WAYS), attempts: z.number().default(Infinity) }),
  options: { attempts: 5, backoff: 0 },
});

/** Completes when the file of `CRASH_FILE` exists. */
export const steadyJob = defineJob({
  name: 'steady',
  data: z.object({ number: z.number() }),
  options: { attempts: 1 },
});

/** In milliseconds: short, so that a job whose worker is gone soon runs again. */
export const CRASH_LOCK = { lockDuration: 2_000, stalledInterval: 500 };
