/** BullMQ's `checkConnectionError`: asks a store, and pauses in milliseconds when that fails. */
type Check = <Answer>(ask: () => Promise<Answer>, pause: number) => Promise<Answer | undefined>;

/**
 * Asks a store the way BullMQ does, with a pause after an error that its caller can end. BullMQ's own
 * takes 5 s, and keeps a process alive for as long when everything else in it has closed.
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
