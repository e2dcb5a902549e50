import type { Job, JobProgress } from 'bullmq';
import type { JobData, JobDefinition, JobResult } from '../contract/job-definition';
import { storableText } from '../contract/storable-text';
import type { HasSignal } from './attempt-abort';

/** What a processor gets for one attempt of one job. Its functions can be taken apart from it. */
export interface JobContext<Definition extends JobDefinition> {
  /** The job's data, as the contract's schema made it. */
  readonly data: JobData<Definition>;
  /** 1 for the first attempt, 2 for the first retry. */
  readonly attempt: number;
  /**
   * Aborted when the worker stops and has waited long enough for this job (`JobAbortedError` is the
   * reason), at the contract's `timeout` (`JobTimeoutError`), and by `worker.cancelJob(id, reason)` in
   * this process. Give it to whatever takes long: `fetch`, timers, a query loop.
   */
  readonly signal: AbortSignal;
  /** Keeps a line with the job, to be read with BullMQ's tools. */
  readonly log: (line: string) => Promise<void>;
  /** Tells whoever watches the job how far it is: a number, usually a percentage, or an object. */
  readonly progress: (progress: JobProgress) => Promise<void>;
  /**
   * The job as BullMQ has it: id, options, parent, and all of its methods; of an isolated processor,
   * those methods that its worker can call for it.
   */
  readonly job: Job<unknown, JobResult<Definition>>;
}

export function jobContext<Definition extends JobDefinition>(
  job: Job,
  data: JobData<Definition>,
  abort: HasSignal,
): JobContext<Definition> {
  return {
    data,
    attempt: job.attemptsMade + 1,
    // It may not be made yet.
    get signal() {
      return abort.signal;
    },
    log: async (line) => {
      await job.log(storableText(line));
    },
    progress: (progress) => job.updateProgress(progress),
    job: job as Job<unknown, JobResult<Definition>>,
  };
}
