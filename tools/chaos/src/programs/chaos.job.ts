import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** With this a job fails for good that is meant to. */
export const PLANNED_DEATH = 'It fails for good, as planned.';

/** A job whose effect can be counted in the ledger. */
export const chaosJob = defineJob({
  name: 'chaos',
  data: z.strictObject({
    /** Names the job in the ledger. */
    id: z.string().min(1),
    /** How long its work takes, in milliseconds. */
    work: z.int().min(0),
    /** Whether its first attempt fails. */
    failFirst: z.boolean(),
    /** Whether it fails for good, and must be redriven to be done. */
    dies: z.boolean(),
    /** Of the jobs that have the same, one at a time is enough. */
    key: z.string().optional(),
  }),
  result: z.object({ applied: z.boolean() }),
  dedupe: ({ key }) => key,
  // While the ledger is away every attempt fails: there must be enough of them to see it come back.
  options: { attempts: 1_000, backoff: { type: 'fixed', delay: 400, jitter: 0.5 } },
});
