import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** Counts the rows stored on one day, in UTC: a part of a report. */
export const reportDayJob = defineJob({
  name: 'report-day',
  data: z.object({ day: z.iso.date() }),
  result: z.object({
    /** `YYYY-MM-DD` */
    day: z.iso.date(),
    notifications: z.int(),
    images: z.int(),
  }),
});
