type Listener = (...args: never[]) => unknown;

/**
 * A listener that does not reject: what an asynchronous one, such as an `@OnWorkerEvent`, throws is passed on. Nobody waits
 * for its promise, so the rejection would end the process, with all jobs that run in it.
 */
export function answeringListener(
  listener: Listener,
  onRejected: (error: unknown) => void,
): Listener {
  const answering = (...args: never[]): void => {
    const answer = listener(...args);
    if (answer instanceof Promise) answer.catch(onRejected);
  };
  // By this, an emitter finds a listener that is taken away again.
  return Object.assign(answering, { listener });
}
