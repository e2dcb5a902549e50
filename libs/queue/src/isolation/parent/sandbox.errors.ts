import { stackOfCause } from '../../text/stack-of-cause';
import type { ChildEnd } from './child';
import type { IsolationKind } from '../../options/isolation-options';

/** The process or thread for a processor could not be started, so its job was not run. */
export class SandboxStartError extends Error {
  constructor(
    /** The processor's contract. */
    readonly processor: string,
    cause: Error,
  ) {
    super(`The sandbox for "${processor}" jobs did not start: ${cause.message}`, { cause });
    this.name = 'SandboxStartError';
  }
}

/**
 * The process or thread that ran a job has ended before the job had. The attempt has failed like any
 * other; the next one gets a new child.
 */
export class SandboxCrashedError extends Error {
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
      `The ${kind} that ran job ${job} ${jobId} has ended before the job had: ${description}`,
      options,
    );
    this.name = 'SandboxCrashedError';
    this.stack = stackOfCause(this);
    this.job = job;
    this.jobId = jobId;
  }
}

/** A job went on after its abort signal, so the process or thread that ran it was ended. */
export class SandboxKilledError extends Error {
  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly jobId: string,
    kind: IsolationKind,
    /** How long it had after the signal, in milliseconds. */
    readonly grace: number,
  ) {
    super(
      `Job ${job} ${jobId} went on for ${grace} ms after its abort signal; its ${kind} was ended.`,
    );
    this.name = 'SandboxKilledError';
    this.stack = stackOfCause(this);
  }
}
