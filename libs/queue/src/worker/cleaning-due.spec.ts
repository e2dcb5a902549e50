import type { RoundLook } from '../bullmq/postgres/queue-looks';
import { CleaningDue } from './cleaning-due';

const HOUR = 3_600_000;
const keep = { completed: { maxAge: HOUR, maxCount: 10 }, failed: {}, cancelled: { maxAge: HOUR } };
const empty: RoundLook = {
  queue: 'orders',
  isReady: false,
  due: undefined,
  hasParked: false,
  hasActive: false,
  isPaused: false,
  workers: 1,
  completed: undefined,
  failed: undefined,
};
const completed = (first: number, last: number) => ({ ...empty, completed: { first, last } });
const failed = (first: number, last: number) => ({ ...empty, failed: { first, last } });

describe('a queue is cleaned', () => {
  const due = (look: RoundLook, now: number, cleaned?: [RoundLook, number]) => {
    const passes = new CleaningDue();
    if (cleaned !== undefined) passes.onCleaned(...cleaned);
    return passes.isDue({ keep }, look, now);
  };

  it.each([
    ['never while it keeps no job', false, due(empty, 0)],
    ['first of all', true, due(completed(0, 1), 2)],
    ['not again while nothing ends', false, due(completed(0, 1), 3, [completed(0, 1), 2])],
    ['after a job has ended', true, due(completed(0, 2), 3, [completed(0, 1), 2])],
    ['when the first is too old', true, due(completed(0, 1), HOUR + 1, [completed(0, 1), 2])],
    [
      'if failed ones can be cancelled ones of age',
      true,
      due(failed(0, 9), HOUR, [failed(0, 9), 9]),
    ],
    ['not for those soon after a pass', false, due(failed(0, 9), 20, [failed(0, 9), 9])],
    [
      'not for those of before the last pass',
      false,
      due(failed(0, 9), 3 * HOUR, [failed(0, 9), 2 * HOUR]),
    ],
  ])('%s', (_, expected, found) => {
    expect(found).toBe(expected);
  });
});
