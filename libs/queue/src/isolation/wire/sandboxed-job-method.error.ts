import { QueueError } from '../../errors/queue.error';

/**
 * An isolated processor called a method of its job that works in the worker's process only.
 *
 * To do: use what the context offers, inject a producer or `JobsReader`, or remove `isolation`.
 *
 * @group Failed attempts
 */
export class SandboxedJobMethodError extends QueueError {
  readonly code = 'SANDBOXED_JOB_METHOD';

  constructor(readonly method: string) {
    super(
      `job.${method}() cannot be called in a sandbox: it needs the queue's connection or the job's ` +
        'lock, which only the worker has. Use what the context offers, inject a producer or JobsReader, ' +
        'or remove `isolation`.',
    );
  }
}

/**
 * An isolated processor called a method of its job after its handler had returned.
 *
 * To do: await the call before the handler returns.
 *
 * @group Failed attempts
 */
export class SandboxedJobEndedError extends QueueError {
  readonly code = 'SANDBOXED_JOB_ENDED';

  constructor(readonly method: string) {
    super(
      `job.${method}() was called after its job had ended. Await it before the handler returns.`,
    );
  }
}
