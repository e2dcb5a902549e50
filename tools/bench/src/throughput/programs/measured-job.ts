import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** The contract of the measured jobs. */
export function measuredJob(name: string, limit?: { keys: number; concurrency: number }) {
  let added = 0;
  return defineJob({
    ...(limit && {
      limit: { by: () => `tenant-${(added += 1) % limit.keys}`, concurrency: limit.concurrency },
    }),
    name,
    data: z.object({ to: z.email(), subject: z.string().min(1).max(998), text: z.string() }),
    result: z.object({ messageId: z.string() }),
  });
}
