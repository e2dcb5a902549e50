import { rejectAfter } from './reject-after';
import { settleWithin } from './settle-within';

const never = () => new Promise<never>(() => undefined);

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  // Whatever has won, no timer is left that would keep a process alive.
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

describe('settleWithin', () => {
  it('says that the promise was fulfilled in time', async () => {
    await expect(settleWithin(1_000, Promise.resolve('value'))).resolves.toBe(true);
  });

  it('says that the time was over first', async () => {
    const settled = settleWithin(1_000, never());
    await jest.advanceTimersByTimeAsync(999);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    await expect(settled).resolves.toBe(false);
  });

  it('waits for weeks where it is to wait for longer than a timer can', async () => {
    const settled = settleWithin(1e12, never());
    await jest.advanceTimersByTimeAsync(2 ** 31 - 2);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    await expect(settled).resolves.toBe(false);
  });

  it('rejects as the promise does, but not once the time is over', async () => {
    await expect(settleWithin(1_000, Promise.reject(new Error('failed')))).rejects.toThrow(
      'failed',
    );
    let fail: (error: Error) => void = () => undefined;
    const late = new Promise<void>((_, reject) => (fail = reject));
    const settled = settleWithin(1_000, late);
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(settled).resolves.toBe(false);
    // Not handled, it would end this process.
    fail(new Error('too late'));
    await jest.advanceTimersByTimeAsync(0);
  });
});

describe('rejectAfter', () => {
  const error = () => new Error('no answer');

  it('is what the promise is, in time', async () => {
    await expect(rejectAfter(1_000, Promise.resolve('value'), error)).resolves.toBe('value');
    const failed = Promise.reject(new Error('failed'));
    await expect(rejectAfter(1_000, failed, error)).rejects.toThrow('failed');
  });

  it('rejects with the given error once the time is over', async () => {
    const outcome = expect(rejectAfter(1_000, never(), error)).rejects.toThrow('no answer');
    await jest.advanceTimersByTimeAsync(1_000);
    await outcome;
  });

  it('makes the error only if it is needed', async () => {
    const make = jest.fn(error);
    await rejectAfter(1_000, Promise.resolve(), make);
    expect(make).not.toHaveBeenCalled();
  });
});
