/**
 * Calls back once when a signal is aborted, at once if it is already.
 *
 * @returns a function that takes the listener off
 */
export function onAbort(
  signal: AbortSignal | undefined,
  listener: (reason: unknown) => void,
): () => void {
  const abort = () => {
    listener(signal?.reason);
  };
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return () => signal?.removeEventListener('abort', abort);
}

/**
 * Waits for something, but not if a signal is aborted first.
 *
 * @param instead what the wait is ended with then
 */
export async function unlessAborted<Value>(
  signal: AbortSignal | undefined,
  wait: Promise<Value>,
  instead: (reason: unknown) => Error,
): Promise<Value> {
  let release = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    release = onAbort(signal, (reason) => {
      reject(instead(reason));
    });
  });
  try {
    return await Promise.race([wait, aborted]);
  } finally {
    release();
  }
}
