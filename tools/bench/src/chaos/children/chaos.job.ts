import { defineJob } from '@libs/queue';
import * as z from 'zod';

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
  }),
  result: z.object({ applied: z.boolean() }),
  // While the ledger is away every attempt fails: there must be enough of them to see it come back.
  options: { attempts: 1_000, backoff: { type: 'fixed', delay: 400, jitter: 0.5 } },
});
