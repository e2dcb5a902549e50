import { z } from 'zod';
import { defineJob } from '../contract/define-job';
import type { ScheduleStatus } from '../schedules/schedules';
import { formatSchedules } from './schedules-output';
import { schedulesRequest } from './schedules-request';

const data = z.object({});
const jobs = [
  defineJob({ name: 'cleanup', data, schedule: { every: '1h' } }),
  defineJob({ name: 'import', data, schedule: { a: { every: '1h' }, b: { every: '1d' } } }),
  defineJob({ name: 'email', data }),
];

describe('the options of schedules', () => {
  it('run the only schedule of a job, or one by its name', () => {
    expect(schedulesRequest(jobs, { run: 'cleanup' }).run).toEqual({
      queue: 'cleanup',
      name: 'default',
    });
    expect(schedulesRequest(jobs, { run: 'import:b' }).run).toEqual({ queue: 'import', name: 'b' });
    expect(schedulesRequest(jobs, {})).toMatchObject({ run: undefined, next: 5, json: false });
  });

  it.each([
    [{ run: 'import' }, 'has several schedules. Pass one of: --run=import:a, --run=import:b.'],
    [{ run: 'import:c' }, 'has no schedule "c"'],
    [{ run: 'email' }, 'The job "email" has no schedules.'],
    [{ run: 'cleanip' }, 'Did you mean "cleanup"?'],
    [{ job: 'cleanip' }, 'Did you mean "cleanup"?'],
    [{ job: 'cleanup', run: 'cleanup' }, 'not both'],
    [{ next: 0 }, '--next must be a whole number'],
  ])('are refused if they are %j', (options, sentence) => {
    expect(() => schedulesRequest(jobs, options)).toThrow(sentence);
  });
});

describe('the list of schedules', () => {
  const status: ScheduleStatus = {
    queue: 'cleanup',
    name: 'default',
    expression: '0 3 * * *',
    timezone: 'Europe/Berlin',
    overlap: 'skip',
    missed: 'once',
    inEffect: true,
    next: [{ at: new Date('2026-11-30T02:00Z'), local: '2026-11-30 03:00:00 +01:00' }],
    last: {
      id: 'scheduled:default:1',
      at: new Date('2026-11-29T02:00Z'),
      manual: false,
      outcome: 'failed',
      endedAt: new Date('2026-11-29T02:00:04Z'),
    },
    skipped: { at: new Date('2026-11-28T02:00Z'), reason: 'overlap' },
  };

  it('says what ran, how it ended, and what comes next in local time and in UTC', () => {
    expect(formatSchedules([status], 'npx nx run worker:schedules')).toBe(
      [
        'cleanup  0 3 * * * Europe/Berlin',
        '  last run  for 2026-11-29T02:00:00.000Z, failed at 2026-11-29T02:00:04.000Z (scheduled:default:1)',
        '  skipped   2026-11-28T02:00:00.000Z: an earlier run had not ended',
        '  next      2026-11-30 03:00:00 +01:00  2026-11-30T02:00:00.000Z',
        '',
        'Run one now: npx nx run worker:schedules --run=cleanup',
      ].join('\n'),
    );
  });

  it('says that there are none, or that one is not in effect', () => {
    expect(formatSchedules([], 'x')).toBe('No schedules.');
    expect(formatSchedules([{ ...status, inEffect: false, name: 'a' }], 'x')).toMatch(
      /^cleanup:a {2}0 3[^]*not in effect/,
    );
  });
});
