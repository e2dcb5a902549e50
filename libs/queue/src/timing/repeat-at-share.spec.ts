import { Bell } from './bell';
import { repeatAtShare } from './repeat-at-share';

describe('steps that may take a fifth of the time', () => {
  let stopping: Bell;
  /** When each step began, in milliseconds. */
  let begun: number[];

  beforeEach(() => {
    jest.useFakeTimers();
    stopping = new Bell();
    begun = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Steps that take these times, in milliseconds. */
  function repeat(...times: number[]): Promise<void> {
    const start = performance.now();
    return repeatAtShare(0.2, stopping, async () => {
      begun.push(performance.now() - start);
      const time = times.shift() ?? 0;
      await new Promise((resolve) => setTimeout(resolve, time));
      return times.length > 0;
    });
  }

  it('are followed by pauses that are four times as long', async () => {
    const repeating = repeat(10, 50, 10);
    await jest.advanceTimersByTimeAsync(1_000);
    await repeating;
    expect(begun).toEqual([0, 50, 300]);
  });

  it('end without a pause after the last', async () => {
    const repeating = repeat(10);
    await jest.advanceTimersByTimeAsync(10);
    await repeating;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('end in a pause when they are to stop', async () => {
    const repeating = repeat(1_000, 1_000);
    await jest.advanceTimersByTimeAsync(1_500);
    stopping.ring();
    await repeating;
    expect(begun).toEqual([0]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('do not begin once they are to stop', async () => {
    stopping.ring();
    await repeat(10);
    expect(begun).toEqual([]);
  });

  it('fail with what one of them throws', async () => {
    const failing = repeatAtShare(0.2, stopping, () => Promise.reject(new Error('refused')));
    await expect(failing).rejects.toThrow('refused');
  });
});
