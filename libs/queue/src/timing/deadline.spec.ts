import { Allowance, Deadline } from './deadline';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A step that takes a time in milliseconds, and tells what it was allowed. */
const taking = (time: number) => async (deadline: Deadline) => {
  const allowed = deadline.remaining;
  await jest.advanceTimersByTimeAsync(time);
  return allowed;
};

test('a deadline comes closer, and does not pass below zero', () => {
  const deadline = Deadline.after(1_000);
  expect(deadline.remaining).toBe(1_000);
  jest.advanceTimersByTime(400);
  expect(deadline.remaining).toBe(600);
  jest.advanceTimersByTime(1_000);
  expect(deadline.remaining).toBe(0);
});

test('steps that share an allowance pay for it together, and not for what passes between them', async () => {
  const allowance = new Allowance(1_000);
  expect(await allowance.spend(taking(300))).toBe(1_000);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(await allowance.spend(taking(200))).toBe(700);
  expect(await allowance.spend(taking(9_000))).toBe(500);
  expect(await allowance.spend(taking(0))).toBe(0);
});

test('a step that fails has taken its time all the same', async () => {
  const allowance = new Allowance(1_000);
  const failing = allowance.spend(async (deadline) => {
    await taking(300)(deadline);
    throw new Error('failed');
  });
  await expect(failing).rejects.toThrow('failed');
  expect(await allowance.spend(taking(0))).toBe(700);
});
