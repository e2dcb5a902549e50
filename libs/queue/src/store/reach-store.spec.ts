import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { untilReached } from './reach-store';

const never = (): Promise<never> => new Promise(() => undefined);

describe('the wait for a store at the start', () => {
  it('ends even if the store never answers, and says so', async () => {
    jest.useFakeTimers();
    const waiting = untilReached('redis:6379/0', never, { timeout: 7_000 });
    const outcome = waiting.catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(7_000);
    jest.useRealTimers();
    expect(await outcome).toMatchObject({
      code: 'QUEUE_UNREACHABLE',
      message: expect.stringContaining(
        'redis:6379/0 cannot be reached: it accepts connections and does not answer',
      ) as string,
    });
  });

  it('ends at once, with its reason, when the process is told to stop', async () => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const waits = [
      untilReached('redis:6379/0', never, { signal }),
      untilReached(
        'redis:6379/0',
        () => Promise.reject(new QueueUnreachableError('redis:6379/0', new Error('away'))),
        { signal },
      ),
    ].map((wait) => wait.catch((error: unknown) => error));
    await new Promise(setImmediate);
    stopping.abort();
    for (const wait of waits) expect(await wait).toBe(signal.reason);
    await expect(untilReached('redis:6379/0', never, { signal })).rejects.toBe(signal.reason);
  });
});
