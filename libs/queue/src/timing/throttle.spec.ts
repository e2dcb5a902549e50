import { Throttle } from './throttle';

describe('a throttle', () => {
  let throttle: Throttle;

  beforeEach(() => {
    jest.useFakeTimers();
    throttle = new Throttle(1_000);
  });

  afterEach(() => jest.useRealTimers());

  it('lets the first of each key pass, and no other of it for its time', () => {
    expect(throttle.pass('a')).toEqual({ count: 0, largest: 0 });
    jest.advanceTimersByTime(999);
    expect(throttle.pass('a')).toBeUndefined();
    expect(throttle.pass('b')).toEqual({ count: 0, largest: 0 });
  });

  it('tells the next that passes how many were held back, and the largest of them', () => {
    throttle.pass('a', 100);
    throttle.pass('a', 5);
    throttle.pass('a', 7);
    throttle.pass('a', 6);
    jest.advanceTimersByTime(1_000);
    expect(throttle.pass('a', 1)).toEqual({ count: 3, largest: 7 });
    jest.advanceTimersByTime(1_000);
    expect(throttle.pass('a')).toEqual({ count: 0, largest: 0 });
  });

  it('keeps no key that would pass again, since keys may be endless', () => {
    const kept = () => (throttle as unknown as { passed: Map<string, unknown> }).passed.size;
    for (let key = 0; key < 100; key += 1) throttle.pass(`${key}`);
    expect(kept()).toBe(100);
    jest.advanceTimersByTime(1_000);
    throttle.pass('next');
    expect(kept()).toBe(1);
  });
});
