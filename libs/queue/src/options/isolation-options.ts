/** `process`: a child process. `thread`: a worker thread of the worker's own process. */
export type IsolationKind = 'process' | 'thread';

/** Where a processor runs outside its worker's event loop. */
export interface IsolationOptions {
  readonly kind: IsolationKind;
  /**
   * Heap limit of a sandbox, in megabytes. A sandbox that needs more is terminated, and its job fails.
   * Memory outside V8's heap (buffers, native code) does not count.
   *
   * By default Node's own limit, which depends on the machine's memory.
   */
  readonly memoryLimit?: number;
  /**
   * How many sandboxes are started with the worker, and again after one of them has ended with its job, so that a job need
   * not wait for the start of one. At most as many as the processor runs jobs at the same time.
   *
   * @default 0: a sandbox is started when a job needs it
   */
  readonly warm?: number;
}

/** The `isolation` option of `@JobProcessor`: a kind, or a kind with settings. */
export type Isolation = IsolationKind | IsolationOptions;

export function isolationOptions(isolation: Isolation | undefined): IsolationOptions | undefined {
  return typeof isolation === 'string' ? { kind: isolation } : isolation;
}
