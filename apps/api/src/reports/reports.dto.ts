import * as z from 'zod';
import { acceptedJobSchema } from '../enqueue/accepted-job';

const DAY = 24 * 60 * 60 * 1_000;

/** The longest period of a report. */
export const MAX_REPORT_DAYS = 366;

const day = z.iso
  .date()
  // Compared as strings. Earlier years are useless, or invalid in Postgres.
  .refine((date) => date >= '1970-01-01', 'Must be 1970-01-01 or later');

/** The days that a report covers, both included, in UTC. */
export const createReportSchema = z
  .strictObject({
    from: day.meta({ description: 'The first day, in UTC.', examples: ['2026-01-01'] }),
    to: day.meta({
      description: 'The last day (inclusive), in UTC.',
      examples: ['2026-01-31'],
    }),
  })
  .refine(({ from, to }) => from <= to, {
    path: ['to'],
    message: 'Must be the same day as `from`, or a later one',
  })
  .refine(({ from, to }) => (Date.parse(to) - Date.parse(from)) / DAY < MAX_REPORT_DAYS, {
    path: ['to'],
    message: `A report covers at most ${MAX_REPORT_DAYS} days`,
  });

export type CreateReport = z.output<typeof createReportSchema>;

export const acceptedReportSchema = acceptedJobSchema.extend({
  report: z.string().describe('URL of the CSV, once it is ready.'),
});

export type AcceptedReport = z.output<typeof acceptedReportSchema>;
