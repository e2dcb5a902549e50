import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** Counts the rows stored per day for a stored report, and writes the CSV into it. */
export const reportJob = defineJob({
  name: 'report',
  data: z.object({ reportId: z.uuid() }),
  result: z.object({
    /** The number of days in the report: the lines of the CSV without its header. */
    days: z.int(),
    notifications: z.int(),
    images: z.int(),
  }),
});
