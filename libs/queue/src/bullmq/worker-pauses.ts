import type { Worker } from 'bullmq';
import { askThenPause } from './pause-after-error';

/** Where BullMQ asks for the stalled jobs of a queue. */
interface ChecksStalledJobs {
  checkConnectionError?: <Answer>(
    ask: () => Promise<Answer>,
    pause?: number,
  ) => Promise<Answer | undefined>;
}

/** BullMQ's, in milliseconds: the pause before it asks for stalled jobs again. */
const CHECK_AGAIN = 5_000;

/** In milliseconds: the longest pause of a worker that stops. */
const WHILE_STOPPING = 1_000;

/** BullMQ types it as that of a polyfill, whose abort signal lacks what is newer. */
type PauseController = NonNullable<Parameters<Worker['delay']>[1]>;

/**
 * The pauses of a worker: while its queue may start no more jobs (`limiter`), and before it repeats
 * what failed. BullMQ ends them when a worker closes, and not all of them even then. But to close comes
 * last here, after the jobs have had their time; a worker that only waits must not use that up.
 */
export class WorkerPauses {
  private readonly pausing = new Set<PauseController>();
  private stopping = false;

  constructor(worker: Worker) {
    const pause = worker.delay.bind(worker);
    worker.delay = async (milliseconds, controller) => {
      const ending = controller ?? (new AbortController() as PauseController);
      this.pausing.add(ending);
      const longest = this.stopping ? WHILE_STOPPING : Infinity;
      await pause(milliseconds && Math.min(milliseconds, longest), ending);
      this.pausing.delete(ending);
    };
    this.endPausesOfChecks(worker);
  }

  /** Ends the pauses that are going on, and keeps those to come short. */
  shorten(): void {
    this.stopping = true;
    for (const ending of this.pausing) ending.abort();
  }

  private endPausesOfChecks(worker: Worker): void {
    // The method is not public. Should it be renamed one day, a process may end 5 s later.
    const checks = worker as unknown as ChecksStalledJobs;
    const check = checks.checkConnectionError?.bind(worker);
    if (check === undefined) return;
    checks.checkConnectionError = (ask) =>
      askThenPause(check, ask, () => worker.delay(CHECK_AGAIN));
  }
}
