/** A sandboxed processor has called a method of its job that works in the worker's process only. */
export class SandboxedJobMethodError extends Error {
  constructor(readonly method: string) {
    super(
      `job.${method}() cannot be called in a sandbox: it needs the queue's connection or the job's ` +
        'lock, which the worker has. Use what the context offers, inject a producer or JobsReader, or ' +
        'leave `isolation` out.',
    );
    this.name = 'SandboxedJobMethodError';
  }
}
