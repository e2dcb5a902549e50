import { describeRatio, pairedRatio, summarize } from './statistics';

describe(summarize.name, () => {
  it('takes the middle one of an odd number of measurements, in any order', () => {
    expect(summarize([900, 1, 3])).toEqual({
      runs: 3,
      median: 3,
      min: 1,
      max: 900,
      quartiles: [2, 451.5],
    });
  });

  it('takes the middle between the two middle ones of an even number', () => {
    expect(summarize([4, 1, 3, 2])).toMatchObject({ median: 2.5, quartiles: [1.75, 3.25] });
  });

  it('is the measurement itself if there is only one', () => {
    expect(summarize([7])).toEqual({ runs: 1, median: 7, min: 7, max: 7, quartiles: [7, 7] });
  });

  it('leaves the list that it is given in its order', () => {
    const values = [3, 1, 2];
    summarize(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('refuses an empty list', () => {
    expect(() => summarize([])).toThrow('no measurements');
  });
});

describe(pairedRatio.name, () => {
  it('compares within each round, so that a slow round affects both sides', () => {
    const ratio = pairedRatio([10, 40, 12], [20, 80, 24]);
    expect(ratio).toMatchObject({ median: 0.5, min: 0.5, max: 0.5 });
    expect(describeRatio(ratio)).toBe('0.50 (0.50–0.50)');
  });

  it('refuses different numbers of rounds', () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow('2 rounds cannot be compared with 1');
  });
});
