import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** In milliseconds. */
export const TICK_PERIOD = 1_000;

/** A job that the workers add by themselves. Each of its times must have one run, also if that has to wait. */
export const tickJob = defineJob({
  name: 'tick',
  data: z.strictObject({}),
  schedule: { every: TICK_PERIOD, overlap: 'queue' },
  // Every attempt fails while the ledger is down: there must be enough to outlast that.
  options: { attempts: 1_000, backoff: { type: 'fixed', delay: 400, jitter: 0.5 } },
});
