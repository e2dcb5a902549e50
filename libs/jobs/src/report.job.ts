import { defineJob } from '@libs/queue';
import * as z from 'zod';
import { reportDayJob } from './report-day.job';

/** Writes the CSV into a stored report, when its days have been counted. */
export const reportJob = defineJob({
  name: 'report',
  data: z.object({ reportId: z.uuid() }),
  result: z.object({
    /** The number of days in the report: the lines of the CSV without its header. */
    days: z.int(),
    notifications: z.int(),
    images: z.int(),
  }),
  /** One per day, from the first to the last. The report fails if a day cannot be counted. */
  children: { days: reportDayJob },
});

const DAY = 24 * 60 * 60 * 1_000;

/** The days of a period, both ends included, in UTC: `YYYY-MM-DD`. */
export function reportDays({ from, to }: { from: string; to: string }): string[] {
  const first = Date.parse(from);
  const count = (Date.parse(to) - first) / DAY + 1;
  return Array.from({ length: count }, (_, index) =>
    new Date(first + index * DAY).toISOString().slice(0, 10),
  );
}
