/** BullMQ's `checkConnectionError`: queries a store, and after a failure pauses, in milliseconds. */
type Check = <Answer>(ask: () => Promise<Answer>, pause: number) => Promise<Answer | undefined>;

/**
 * Queries a store as BullMQ does, but the caller can end the pause after an error. BullMQ's own pause takes
 * 5 s, and keeps the process alive that long after everything else has closed.
 */
export async function askThenPause<Answer>(
  check: Check,
  ask: () => Promise<Answer>,
  pause: () => Promise<void>,
): Promise<Answer | undefined> {
  const asked = { failed: false };
  const answer = await check(async () => {
    try {
      return await ask();
    } catch (error) {
      asked.failed = true;
      throw error;
    }
  }, 0);
  if (asked.failed) await pause();
  return answer;
}
