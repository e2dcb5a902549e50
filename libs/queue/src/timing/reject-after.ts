import { startTimer } from './timer';

/**
 * What a promise resolves to, but no later than after a time; a later outcome is ignored.
 *
 * @param time in milliseconds
 * @param error made only if the time is over
 * @throws what the promise rejects with, or that error
 */
export async function rejectAfter<Value>(
  time: number,
  promise: Promise<Value>,
  error: () => Error,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = startTimer(time, () => {
      reject(error());
    });
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
