/** `process`: a child process. `thread`: a worker thread of the worker's own process. */
export type IsolationKind = 'process' | 'thread';

/** Where a processor runs that is not to run in the event loop of its worker. */
export interface IsolationOptions {
  readonly kind: IsolationKind;
  /**
   * How much memory a child may fill with JavaScript objects, in megabytes. One that needs more ends,
   * and its job fails. Memory outside of V8's heap (buffers, native code) does not count.
   *
   * By default what Node takes for right: it depends on the memory of the machine.
   */
  readonly memoryLimit?: number;
}

/** What `@JobProcessor` takes: the kind alone, or with more settings. */
export type Isolation = IsolationKind | IsolationOptions;

export function isolationOptions(isolation: Isolation | undefined): IsolationOptions | undefined {
  return typeof isolation === 'string' ? { kind: isolation } : isolation;
}
