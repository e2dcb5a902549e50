import { startTimer } from './timer';

/**
 * Waits for a promise, but no longer than a time; a later outcome is ignored.
 *
 * @param time in milliseconds
 * @returns whether it was fulfilled in time
 * @throws what the promise rejects with, if it does so in time
 */
export async function settleWithin(time: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<false>((resolve) => {
    timer = startTimer(time, () => {
      resolve(false);
    });
  });
  try {
    // The race handles a rejection that comes too late.
    return await Promise.race([promise.then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
