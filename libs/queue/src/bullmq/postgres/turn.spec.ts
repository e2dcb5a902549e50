import { turnAfter } from './turn';

const FETCH = 5;

/** The longest of many turns. */
const longest = (isEager: boolean, processes: number, fetchTime = FETCH) =>
  Math.max(...Array.from({ length: 200 }, () => turnAfter(isEager, processes, fetchTime)));

describe('how long a worker leaves a job to the others', () => {
  it('is nothing if it got the last one, or if there is one other process at most', () => {
    expect([longest(true, 8), longest(false, 1), longest(false, 2)]).toEqual([0, 0, 0]);
  });

  it('is at most a fetch for each process, and half a second', () => {
    expect(longest(false, 8)).toBeGreaterThan(FETCH);
    expect(longest(false, 8)).toBeLessThanOrEqual(8 * FETCH);
    expect(longest(false, 1_000)).toBeLessThanOrEqual(500);
  });
});
