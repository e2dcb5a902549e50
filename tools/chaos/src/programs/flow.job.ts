import { defineJob } from '@libs/queue';
import * as z from 'zod';

// Every attempt fails while the ledger is down: there must be enough to outlast that.
const options = { attempts: 1_000, backoff: { type: 'fixed', delay: 400, jitter: 0.5 } } as const;

/** A child. */
export const partJob = defineJob({
  name: 'part',
  data: z.strictObject({
    /** Identifies the job in the ledger. */
    id: z.string().min(1),
    /** How long it works, in milliseconds. */
    work: z.int().min(0),
    /** Whether it fails permanently at first, and must be redriven. */
    dies: z.boolean(),
  }),
  result: z.object({ id: z.string() }),
  options,
});

/** A job that waits for its children: it fails with one that it needs, and goes on without one that is welcome. */
export const flowJob = defineJob({
  name: 'flow',
  data: z.strictObject({
    /** Identifies the job in the ledger. */
    id: z.string().min(1),
    /** How many children of each kind it has. */
    needed: z.int(),
    welcome: z.int(),
  }),
  children: { needed: partJob, welcome: { job: partJob, onFailure: 'continue' } },
  options,
});
