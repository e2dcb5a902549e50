import type { QueueStatus } from '../admin/queue-status';
import { describeLoss } from './drain-command';
import { formatAge, formatQueues } from './queues-output';

const now = Date.parse('2027-03-01T12:00:00Z');

const quiet: QueueStatus = {
  queue: 'email',
  waiting: 0,
  due: 0,
  delayed: 0,
  running: 0,
  failed: 0,
  cancelled: 0,
  waitingForChildren: 0,
  oldestSince: undefined,
  lastMinute: { completed: 0, failed: 0 },
  paused: false,
  pausedAt: undefined,
  pausedBy: undefined,
  concurrency: undefined,
};

const busy: QueueStatus = {
  ...quiet,
  queue: 'report',
  waiting: 1200,
  due: 3,
  delayed: 14,
  running: 5,
  failed: 2,
  oldestSince: new Date(now - 12 * 60_000),
  lastMinute: { completed: 480, failed: 2 },
  paused: true,
  pausedAt: new Date(now - 60_000),
  pausedBy: 'ada@laptop',
  concurrency: 5,
};

it('shows the queues as a table with aligned numbers, and limits and pauses only if there is one', () => {
  expect(formatQueues([quiet, busy], now)).toBe(
    [
      'job     waiting  due  delayed  running  failed  oldest     last minute  limit  paused',
      'email         0    0        0        0       0       -               0      -  -',
      'report     1200    3       14        5       2  12 min  482 (2 failed)      5  yes, since 2027-03-01T11:59:00.000Z by ada@laptop',
    ].join('\n'),
  );
  expect(formatQueues([quiet], now)).toBe(
    [
      'job    waiting  due  delayed  running  failed  oldest  last minute',
      'email        0    0        0        0       0       -            0',
    ].join('\n'),
  );
  expect(formatQueues([{ ...busy, concurrency: undefined }], now)).toContain(
    '482 (2 failed)  yes, since',
  );
  expect(formatQueues([{ ...busy, pausedAt: undefined, pausedBy: undefined }], now)).toMatch(
    /yes$/,
  );
});

it.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3.4 * 3_600_000, '3 h 24 min'],
  [50 * 3_600_000, '2 d 2 h'],
])('an age of %d ms is shown as %s', (time, text) => {
  expect(formatAge(time)).toBe(text);
});

it('says what a drain would remove, and what would stay', () => {
  expect(describeLoss(busy, false)).toBe(
    [
      '1203 jobs of the queue "report" would be lost for good: 1200 waiting, 3 due.',
      '14 delayed (retries among them) would stay: --delayed removes them too.',
      '5 running would finish.',
      'Nothing was removed. Add --force to remove them.',
    ].join('\n'),
  );
  expect(describeLoss({ ...busy, running: 0 }, true)).toContain(
    '1217 jobs of the queue "report" would be lost for good: 1200 waiting, 3 due, 14 delayed.\nNothing',
  );
  expect(describeLoss({ ...quiet, waiting: 1 }, false)).toContain('1 job of the queue "email"');
  expect(describeLoss(quiet, true)).toBe('The queue "email" has no job to remove.');
});
