import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** How many jobs of a tenant may run at the same time, in all workers. */
export const SLOTS = 2;

/** How many tenants there are: few, so that their jobs wait for one another. */
export const TENANTS = 4;

/** A job that waits for room in the key of its tenant. */
export const slotJob = defineJob({
  name: 'slot',
  data: z.strictObject({
    /** Identifies the job in the ledger. */
    id: z.string().min(1),
    tenant: z.string(),
    /** How long it works, in milliseconds. */
    work: z.int().min(0),
    /** Whether its first attempt fails. */
    failFirst: z.boolean(),
    /** The job that it waits for, which has to run at the same time: both slots of the tenant must be free. */
    meets: z.string().optional(),
  }),
  limit: { by: ({ tenant }) => tenant, concurrency: SLOTS },
  // Every attempt fails while the ledger is down: there must be enough to outlast that.
  options: { attempts: 1_000, backoff: { type: 'fixed', delay: 400, jitter: 0.5 } },
});
