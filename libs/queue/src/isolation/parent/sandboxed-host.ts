import type { Type } from '@nestjs/common';
import type { Job, Worker } from 'bullmq';
import type { AttemptAbort } from '../../attempt/attempt-abort';
import type { AttemptTimeout } from '../../attempt/attempt-timeout';
import type { StoredChildren } from '../../attempt/job-family';
import { RunningJobs } from '../../attempt/running-jobs';
import { JobHost } from '../../processor/job-host';
import { JobProcessor } from '../../processor/job-processor.decorator';
import type { ProcessorClass } from '../../processor/processor-class';
import { getProcessorMetadata } from '../../processor/processor-metadata';
import type { JobContract, JobResult } from '../../contract/job-contract';
import type { Deadline } from '../../timing/deadline';
import { KILL_GRACE, type Sandbox } from './sandbox';
import { SandboxKilledError } from './sandbox.errors';
import { type SandboxObserver, SandboxPool } from './sandbox-pool';

/** The active trace, as its child can take it up; undefined if the application traces nothing. */
function carrierOf({ opts: { telemetry } }: Worker): string | undefined {
  return telemetry?.contextManager.getMetadata(telemetry.contextManager.active());
}

/** In milliseconds: how long a killed child may take to exit. */
const KILLING = 3_000;

/**
 * Runs in the worker in place of an isolated processor: it passes each job to a child, which has the
 * processor and its dependencies. Attempts, timeouts and requeueing work as in any host.
 */
export abstract class SandboxedHost extends JobHost<JobContract> {
  // A crash of a child is confined to its job, so no job has to run alone.
  override readonly runningJobs = new RunningJobs();

  // The child is killed first; this covers a child that cannot be killed.
  protected override readonly timeoutGrace = KILL_GRACE + KILLING;

  protected abstract readonly sandboxes: SandboxPool;

  /** The time limit starts when a child has the job; the child's start does not count. */
  protected override attemptUnderLimit(
    limit: AttemptTimeout | undefined,
    job: Job,
    { signal }: AttemptAbort,
    children: StoredChildren,
  ): Promise<JobResult<JobContract>> {
    return this.sandboxes.use(signal, (sandbox) => {
      const attempt = () => this.dispatch(sandbox, job, signal, children);
      return limit === undefined ? attempt() : limit.run(attempt);
    });
  }

  protected override readonly wasKilled = (error: unknown): boolean =>
    error instanceof SandboxKilledError;

  /** Jobs run in the `handle` of a child. */
  override handle(): never {
    throw new Error('A sandboxed processor handles its jobs in its child.');
  }

  /** Reports the events of the children from now on. */
  observe(observer: SandboxObserver): void {
    this.sandboxes.observer = observer;
  }

  /** Starts the children that are to be there before their jobs. Call it when the worker fetches. */
  warmUp(): void {
    this.sandboxes.warmUp();
  }

  /** Ends the children by the deadline. Call it after the jobs have ended. */
  close(deadline: Deadline): Promise<void> {
    return this.sandboxes.close(deadline);
  }

  /** The single call that passes a job to a sandbox: instrument here. */
  private dispatch(
    sandbox: Sandbox,
    job: Job,
    signal: AbortSignal,
    children: StoredChildren,
  ): Promise<unknown> {
    return sandbox.run(job, signal, children, carrierOf(this.worker));
  }
}

/**
 * Creates a class that replaces an isolated processor in its worker's process: the same job and options,
 * none of its dependencies.
 *
 * @param entry the file that its children run
 */
export function sandboxedHost(processor: ProcessorClass, entry: URL): ProcessorClass {
  const metadata = getProcessorMetadata(processor);
  if (metadata?.isolation === undefined) return processor;
  const { job, concurrency, isolation, workerOptions } = metadata;
  const { warm = 0 } = isolation;
  const useful = { ...isolation, warm: Math.min(warm, concurrency) };
  const options = { processor: job.name, isolation: useful, entry };
  const standIn: Type<SandboxedHost> = class extends SandboxedHost {
    protected override readonly sandboxes = new SandboxPool(options);
  };
  Object.defineProperty(standIn, 'name', { value: processor.name });
  JobProcessor(job, { ...workerOptions, concurrency })(standIn);
  return standIn;
}
