import { stackOfCause } from '../../text/stack-of-cause';
import type { IsolationKind } from '../../options/isolation-options';

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
