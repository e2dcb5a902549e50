import { Logger } from '@nestjs/common';
import { Readiness } from '.';

describe('readiness', () => {
  let warn: jest.SpyInstance;
  let log: jest.SpyInstance;

  beforeEach(() => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    log = jest.spyOn(Logger.prototype, 'log').mockImplementation();
  });

  it('is false until the process says that it has started', async () => {
    const readiness = new Readiness();
    expect((await readiness.report()).ready).toBe(false);
    readiness.markReady();
    expect(await readiness.report()).toEqual({ ready: true, state: 'running', checks: {} });
  });

  it('turns false as soon as the process stops, and stays false', async () => {
    const readiness = new Readiness();
    readiness.markReady();
    readiness.markStopping();
    readiness.markReady();
    expect(await readiness.report()).toMatchObject({ ready: false, state: 'stopping' });
  });

  it('turns false for a report that was under way when the process began to stop', async () => {
    const readiness = new Readiness();
    readiness.markReady();
    readiness.addCheck('database', () => {
      readiness.markStopping();
      return Promise.resolve();
    });
    expect((await readiness.report()).ready).toBe(false);
  });

  it('is false while one of the checks fails, and names each', async () => {
    const readiness = new Readiness();
    readiness.markReady();
    readiness.addCheck('database', () => Promise.reject(new Error('connection refused')));
    readiness.addCheck('queue', () => Promise.resolve());
    expect(await readiness.report()).toEqual({
      ready: false,
      state: 'running',
      checks: { database: 'down', queue: 'up' },
    });
  });

  it('logs why a check fails once, and that it passes again', async () => {
    const readiness = new Readiness();
    let up = false;
    readiness.addCheck('database', () =>
      up ? Promise.resolve() : Promise.reject(new Error('connection refused')),
    );
    await readiness.report();
    await readiness.report();
    expect(warn.mock.calls).toEqual([['The check "database" fails: connection refused']]);
    up = true;
    await readiness.report();
    expect(log.mock.calls).toEqual([['The check "database" passes again.']]);
  });

  it('counts a check that does not answer as failed', async () => {
    jest.useFakeTimers();
    try {
      const readiness = new Readiness();
      readiness.markReady();
      readiness.addCheck('database', () => new Promise(() => undefined));
      const report = readiness.report();
      await jest.advanceTimersByTimeAsync(2_000);
      expect((await report).checks).toEqual({ database: 'down' });
    } finally {
      jest.useRealTimers();
    }
  });

  it('runs the checks once for all who ask at the same time', async () => {
    const readiness = new Readiness();
    const check = jest.fn(() => Promise.resolve());
    readiness.addCheck('database', check);
    await Promise.all([readiness.report(), readiness.report(), readiness.report()]);
    expect(check).toHaveBeenCalledTimes(1);
    await readiness.report();
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('refuses a second check of the same name until the first is taken away', () => {
    const readiness = new Readiness();
    const remove = readiness.addCheck('database', () => Promise.resolve());
    expect(() => readiness.addCheck('database', () => Promise.resolve())).toThrow(
      'There is a readiness check "database" already.',
    );
    remove();
    expect(() => readiness.addCheck('database', () => Promise.resolve())).not.toThrow();
  });
});
