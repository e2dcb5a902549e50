import { countOf, difference, smallestShare, sum } from './snapshot';

const first = { done: { mail: 10, image: 10 }, cpu: 100 };
const second = { done: { mail: 40, image: 20 }, cpu: 250 };

describe('snapshots of worker processes', () => {
  it('are what was done between two of them, by all processes', () => {
    const before = sum([first, first]);
    const after = sum([second, first]);

    expect(difference(before, after)).toEqual({ done: { mail: 30, image: 10 }, cpu: 150 });
    expect(countOf(difference(before, after))).toBe(40);
  });

  it('tell how far the queue with the fewest jobs is from a fair share', () => {
    expect(smallestShare(first)).toBe(1);
    expect(smallestShare({ done: { mail: 30, image: 10 }, cpu: 0 })).toBe(0.5);
  });
});
