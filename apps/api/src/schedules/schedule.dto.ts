import type { ScheduleStatus } from '@libs/queue';
import * as z from 'zod';

const time = z.iso.datetime();

/** A schedule of a job. */
export const scheduleSchema = z.object({
  queue: z.string(),
  name: z.string().describe('`default`, if the job has one schedule without a name.'),
  expression: z.string().describe('Such as `0 3 * * *` or `every 15m`.'),
  timezone: z.string().nullable().describe('`null` for a period.'),
  overlap: z.enum(['skip', 'queue']).describe('What happens while an earlier run has not ended.'),
  missed: z.enum(['once', 'skip']).describe('What happens to times that no worker was there for.'),
  inEffect: z.boolean().describe('Whether workers run it like this.'),
  next: z
    .array(z.object({ at: time, local: z.string().describe("On a clock in the schedule's zone.") }))
    .describe('The next times. Those that have passed wait for an earlier run, or for a worker.'),
  last: z
    .object({
      id: z.string().describe("The job's id."),
      at: time.describe('The time that the run is for.'),
      manual: z.boolean().describe('Whether it was started by hand.'),
      outcome: z
        .enum(['completed', 'failed', 'cancelled', 'removed'])
        .nullable()
        .describe('`null` until it has ended; `removed`: its job is not there any more.'),
      endedAt: time.nullable(),
    })
    .nullable()
    .describe('The latest run.'),
  skipped: z
    .object({ at: time, reason: z.enum(['overlap', 'missed', 'duplicate']) })
    .nullable()
    .describe('The latest time without a run.'),
});

export const schedulesSchema = z.object({ schedules: z.array(scheduleSchema) });

export const schedulesQuerySchema = z.strictObject({ queue: z.string().optional() });

export type ScheduleDto = z.output<typeof scheduleSchema>;
export type SchedulesDto = z.output<typeof schedulesSchema>;

export function scheduleDto({ next, last, skipped, ...schedule }: ScheduleStatus): ScheduleDto {
  return {
    ...schedule,
    timezone: schedule.timezone ?? null,
    next: next.map(({ at, local }) => ({ at: at.toISOString(), local })),
    last:
      last === undefined
        ? null
        : {
            ...last,
            at: last.at.toISOString(),
            outcome: last.outcome ?? null,
            endedAt: last.endedAt?.toISOString() ?? null,
          },
    skipped:
      skipped === undefined ? null : { at: skipped.at.toISOString(), reason: skipped.reason },
  };
}
