import { Bell } from './bell';

describe('a bell', () => {
  let bell: Bell;

  beforeEach(() => {
    jest.useFakeTimers();
    bell = new Bell();
  });

  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('wakes all who wait', async () => {
    const waits = [bell.after(bell.rings, 1_000), bell.after(bell.rings, 1_000)];
    bell.ring();
    await expect(Promise.all(waits)).resolves.toEqual([true, true]);
  });

  it('lets go of who has waited for the whole time', async () => {
    const wait = bell.after(bell.rings, 1_000);
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(wait).resolves.toBe(false);
  });

  it('is not missed by who begins to wait after it was rung', async () => {
    const heard = bell.rings;
    bell.ring();
    bell.ring();
    await expect(bell.after(heard, 1_000)).resolves.toBe(true);
    const next = bell.after(bell.rings, 1_000);
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(next).resolves.toBe(false);
  });
});
