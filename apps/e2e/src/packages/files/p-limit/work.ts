import pLimit from 'p-limit';
import { setImmediate } from 'node:timers/promises';

export async function work(): Promise<string> {
  const limit = pLimit(2);
  let most = 0;
  const squares = [0, 1, 2, 3, 4].map((number) =>
    limit(async () => {
      most = Math.max(most, limit.activeCount);
      await setImmediate();
      return number ** 2;
    }),
  );
  return `${(await Promise.all(squares)).join(',')}; ${most} at once`;
}
