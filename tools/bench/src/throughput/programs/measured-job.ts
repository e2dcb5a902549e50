import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** The contract of the measured jobs. */
export function measuredJob(name: string) {
  return defineJob({
    name,
    data: z.object({ to: z.email(), subject: z.string().min(1).max(998), text: z.string() }),
    result: z.object({ messageId: z.string() }),
  });
}
