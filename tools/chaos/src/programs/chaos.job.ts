import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** The reason of a job that is meant to fail permanently. */
export const PLANNED_DEATH = 'Fails permanently, as planned.';

/** A job whose effect is counted in the ledger. */
export const chaosJob = defineJob({
  name: 'chaos',
  data: z.strictObject({
    /** Identifies the job in the ledger. */
    id: z.string().min(1),
    /** How long it works, in milliseconds. */
    work: z.int().min(0),
    /** Whether its first attempt fails. */
    failFirst: z.boolean(),
    /** Whether it fails permanently at first, and must be redriven. */
    dies: z.boolean(),
    /** The deduplication key. */
    key: z.string().optional(),
  }),
  result: z.object({ applied: z.boolean() }),
  dedupe: ({ key }) => key,
  // Every attempt fails while the ledger is down: there must be enough to outlast that.
  options: { attempts: 1_000, backoff: { type: 'fixed', delay: 400, jitter: 0.5 } },
});
