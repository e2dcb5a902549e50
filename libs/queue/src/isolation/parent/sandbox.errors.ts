import { QueueError } from '../../errors/queue.error';
import type { IsolationKind } from '../../options/isolation-options';
import { stackOfCause } from '../../text/stack-of-cause';
import type { ChildEnd } from './child';

/**
 * The process or thread for a processor did not start, so its job was not run. The attempt has failed like any
 * other.
 *
 * To do: fix the cause in the message: what the processor's module does when it is loaded or created.
 *
 * @group Failed attempts
 */
export class SandboxStartError extends QueueError {
  readonly code = 'SANDBOX_START';

  constructor(
    /** The processor's contract. */
    readonly processor: string,
    cause: Error,
  ) {
    super(`The sandbox for "${processor}" jobs did not start: ${cause.message}`, { cause });
  }
}

/**
 * The process or thread that ran a job ended before the job did. The attempt has failed like any other; the next
 * one gets a new sandbox.
 *
 * To do: follow the hint in the message, which reads the exit code or signal: usually too little memory, native
 * code that crashed, or a call of `process.exit()`.
 *
 * @group Failed attempts
 */
export class SandboxCrashedError extends QueueError {
  readonly code = 'SANDBOX_CRASHED';

  /** The contract's name. */
  readonly job: string;
  readonly jobId: string;

  constructor(
    { job, jobId, kind }: { job: string; jobId: string; kind: IsolationKind },
    /** Exit code or signal. */
    readonly end: ChildEnd,
    description: string,
    options?: ErrorOptions,
  ) {
    super(
      `The ${kind} that ran job ${job} ${jobId} ended before the job did: ${description}`,
      options,
    );
    this.stack = stackOfCause(this);
    this.job = job;
    this.jobId = jobId;
  }
}

/**
 * A job went on after its abort signal, so the process or thread that ran it was killed.
 *
 * To do: pass `signal` to whatever takes long, so that the job ends by itself.
 *
 * @group Failed attempts
 */
export class SandboxKilledError extends QueueError {
  readonly code = 'SANDBOX_KILLED';

  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly jobId: string,
    kind: IsolationKind,
    /** How long it had after the signal, in milliseconds. */
    readonly grace: number,
  ) {
    super(
      `Job ${job} ${jobId} ignored its abort signal for ${grace} ms; its ${kind} was killed. ` +
        'Pass `signal` to whatever takes long.',
    );
    this.stack = stackOfCause(this);
  }
}
