import type { Job, JobProgress } from 'bullmq';
import type { JobData, JobContract, JobResult } from '../contract/job-contract';
import { replaceForbiddenCharacters } from '../contract/forbidden-characters';
import type { HasSignal } from './attempt-abort';

/**
 * What a processor gets for one attempt of one job. Its functions can be taken apart from it.
 *
 * A class, and not an interface, so that TypeScript knows that `{ ...context }` has no `signal`.
 */
export abstract class JobContext<Contract extends JobContract> {
  /** The job's data, as the contract's schema made it. */
  abstract readonly data: JobData<Contract>;
  /** 1 for the first attempt, 2 for the first retry. */
  abstract readonly attempt: number;
  /**
   * Aborted when the worker stops and has waited long enough for this job (`JobAbortedError` is the
   * reason), at the contract's `timeout` (`JobTimeoutError`), and by `worker.cancelJob(id, reason)` in
   * this process. Give it to whatever takes long: `fetch`, timers, a query loop.
   */
  abstract get signal(): AbortSignal;
  /** Keeps a line with the job, to be read with BullMQ's tools. */
  abstract readonly log: (line: string) => Promise<void>;
  /** Tells whoever watches the job how far it is: a number, usually a percentage, or an object. */
  abstract readonly progress: (progress: JobProgress) => Promise<void>;
  /**
   * The job as BullMQ has it: id, options, parent, and all of its methods; of an isolated processor,
   * those methods that its worker can call for it.
   */
  abstract readonly job: Job<unknown, JobResult<Contract>>;
}

/**
 * The context of an attempt that BullMQ asks for. Its signal is made when somebody asks for it, by a
 * getter of the class: one in an object of its own made it cost as much as the rest of an attempt.
 */
export class AttemptContext<Contract extends JobContract> extends JobContext<Contract> {
  readonly attempt: number;
  readonly job: Job<unknown, JobResult<Contract>>;

  constructor(
    job: Job,
    readonly data: JobData<Contract>,
    private readonly abort: HasSignal,
  ) {
    super();
    this.attempt = job.attemptsMade + 1;
    this.job = job as Job<unknown, JobResult<Contract>>;
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  readonly log = async (line: string): Promise<void> => {
    await this.job.log(replaceForbiddenCharacters(line));
  };

  readonly progress = (progress: JobProgress): Promise<void> => this.job.updateProgress(progress);
}
