import { stackOfCause } from '../../text/stack-of-cause';
import type { ChildEnd } from './child';
import type { IsolationKind } from '../../options/isolation-options';

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
