import * as z from 'zod';
import { defineJob } from '../../contract/define-job';

const definition = {
  data: z.object({
    note: z.string(),
    once: z.string().optional(),
    tenant: z.string().optional(),
    fails: z.boolean().optional(),
  }),
  options: { attempts: 2, backoff: { type: 'fixed', delay: 1 } },
  dedupe: ({ once }: { once?: string | undefined }) => once,
  limit: {
    by: ({ tenant }: { tenant?: string | undefined }) => tenant,
    concurrency: 1,
  },
} as const;

/** A job before it was renamed. */
export const emailJob = defineJob({ name: 'email', ...definition });

/** The same job afterwards. */
export const mailJob = defineJob({ name: 'mail', ...definition });
