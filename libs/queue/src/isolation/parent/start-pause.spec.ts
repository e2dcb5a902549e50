import { StartPause } from './start-pause';

/** In milliseconds. Only lower bounds are checked. */
const FIRST_PAUSE = 1_000;

const fail = () => Promise.reject(new Error('no database'));

describe('starting what could not be started before', () => {
  it('does not wait the first time', async () => {
    const pause = new StartPause();
    const start = jest.fn(() => Promise.resolve());
    const all = [1, 2, 3].map(() => pause.whenAllowed(start));
    expect(start).toHaveBeenCalledTimes(3);
    await Promise.all(all);
  });

  it('waits after a failure, and lets one try for all', async () => {
    const pause = new StartPause();
    await expect(pause.whenAllowed(fail)).rejects.toThrow('no database');
    expect(pause.lastError).toMatchObject({ message: 'no database' });

    const begin = performance.now();
    const events: string[] = [];
    await Promise.all([
      pause.whenAllowed(async () => {
        events.push('first starts');
        expect(performance.now() - begin).toBeGreaterThanOrEqual(FIRST_PAUSE - 5);
        await new Promise((resolve) => setTimeout(resolve, 20));
        events.push('first is there');
      }),
      pause.whenAllowed(() => {
        events.push('second starts');
        return Promise.resolve();
      }),
    ]);
    expect(events).toEqual(['first starts', 'first is there', 'second starts']);
    expect(pause.lastError).toBeUndefined();
  });

  it('waits longer after the next failure', async () => {
    const pause = new StartPause();
    await expect(pause.whenAllowed(fail)).rejects.toThrow();
    await expect(pause.whenAllowed(fail)).rejects.toThrow();
    const begin = performance.now();
    await pause.whenAllowed(() => Promise.resolve());
    expect(performance.now() - begin).toBeGreaterThanOrEqual(2 * FIRST_PAUSE - 5);
  });
});
