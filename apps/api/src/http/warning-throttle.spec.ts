import { WarningThrottle } from './warning-throttle';

it('the same warning passes once in ten seconds, with the number of those held back', () => {
  const throttle = new WarningThrottle();
  expect(throttle.pass('Redis is away', 0)).toBe(0);
  expect(throttle.pass('Redis is away', 1_000)).toBeUndefined();
  expect(throttle.pass('Redis is away', 9_999)).toBeUndefined();
  expect(throttle.pass('Postgres is away', 9_999)).toBe(0);
  expect(throttle.pass('Redis is away', 10_000)).toBe(2);
  expect(throttle.pass('Redis is away', 30_000)).toBe(0);
});
