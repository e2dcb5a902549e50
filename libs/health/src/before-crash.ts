/**
 * Does a last thing, such as sending what was recorded, before this process ends because of an error that was not
 * caught. Then it ends as it would have without it: Node prints the error, and the exit code is 1.
 *
 * @param lastThing limits its own time; the process goes on meanwhile, so it should take no longer than a second
 */
export function beforeCrash(lastThing: () => Promise<unknown>): void {
  process.once('uncaughtException', (error: unknown) => {
    const done = lastThing().catch(() => undefined);
    // What another listener does with the error is its own decision.
    if (process.listenerCount('uncaughtException') > 0) return;
    void done.finally(() => {
      // Outside of the promise, so that it is this error again, and not a rejection.
      setImmediate(() => {
        throw error;
      });
    });
  });
}
