import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** Counts what was stored a day, for a stored report, and writes the CSV into it. */
export const reportJob = defineJob({
  name: 'report',
  data: z.object({ reportId: z.uuid() }),
  result: z.object({
    /** How many days the report covers: the lines of the CSV, without its header. */
    days: z.int(),
    notifications: z.int(),
    images: z.int(),
  }),
});
