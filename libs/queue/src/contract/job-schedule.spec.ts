import { z } from 'zod';
import { defineJob } from './define-job';
import { InvalidScheduleError } from './job-schedule.errors';
import type { JobSchedules } from './job-schedule';

const data = z.object({ deep: z.boolean().default(false) });

const define = (schedule: unknown) =>
  defineJob({ name: 'cleanup', data, schedule: schedule as JobSchedules<typeof data> });

function refusal(schedule: unknown): string {
  try {
    define(schedule);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidScheduleError);
    return (error as InvalidScheduleError).message;
  }
  throw new Error('It was accepted.');
}

describe('the schedules of a contract', () => {
  it('one has no name, and the defaults are UTC, skip and once', () => {
    const [only, ...others] = define({ cron: '0 3 * * *' }).schedules ?? [];
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      name: 'default',
      times: { cron: { expression: '0 3 * * *' }, zone: { name: 'UTC' } },
      overlap: 'skip',
      missed: 'once',
      runOnChange: false,
    });
  });

  it('several have names', () => {
    const { schedules } = define({
      nightly: { cron: '@daily', timezone: 'Europe/Berlin', data: { deep: true } },
      often: { every: '15m', overlap: 'queue' },
    });
    expect(schedules?.map(({ name, times }) => ({ name, times }))).toMatchObject([
      { name: 'nightly', times: { zone: { name: 'Europe/Berlin' } } },
      { name: 'often', times: { every: 900_000 } },
    ]);
  });

  it('there are none unless the contract has some', () => {
    expect(defineJob({ name: 'cleanup', data }).schedules).toBeUndefined();
    expect(define({}).schedules).toEqual([]);
  });

  it('a wrong one is refused, with the contract, the schedule, what it says and what to do', () => {
    expect(refusal({ nightly: { cron: '0 3 * *', timezone: 'Europe/Berlin' } })).toBe(
      'The schedule "nightly" of the contract "cleanup" (cron: \'0 3 * *\', timezone: \'Europe/Berlin\') is not ' +
        'valid: the expression has 4 fields. Use five (minute, hour, day of month, month, day of week), or six ' +
        'with the second in front.',
    );
  });

  it.each([
    [{ cron: '0 3 * * *', timezone: 'Europe/Berlim' }, "there is no zone 'Europe/Berlim'"],
    [{ cron: '0 0 31 2 *' }, 'never fires'],
    [{ cron: '0 3 * * *', every: '1d' }, 'one of cron and every'],
    [{ nightly: {} }, 'one of cron and every'],
    [{ every: '1d', timezone: 'UTC' }, 'a period has no timezone'],
    [{ every: '15 minutes' }, 'a period is a string such as'],
    [{ every: 999 }, 'of at least 1000 ms'],
    [{ every: 1500.5 }, 'whole milliseconds'],
    [{ every: Number.NaN }, 'a period is a string such as'],
    [{ 'a:b': { every: '1d' } }, 'lower-case words joined by hyphens'],
    [{ every: '1d', overlap: 'both' }, "its overlap is 'both'"],
    [{ every: '1d', missed: 'all' }, "its missed is 'all'"],
    [{ every: '1d', data: { deep: 'yes' } }, 'its data is not valid: deep: '],
    [{ every: '1d', data: { deep: 1n } }, 'cannot be written as JSON'],
  ])('%p is refused', (schedule, reason) => {
    expect(refusal(schedule)).toContain(reason);
  });
});
