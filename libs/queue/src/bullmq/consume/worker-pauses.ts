import type { Worker } from 'bullmq';

/** In milliseconds: the longest pause of a stopping worker. */
const WHILE_STOPPING = 1_000;

/** BullMQ uses the types of a polyfill, whose abort signal lacks newer members. */
export type PauseController = NonNullable<Parameters<Worker['delay']>[1]>;

/**
 * The pauses of a worker: while its queue is rate-limited (`limiter`), and before it retries a failed step.
 * BullMQ ends them when a worker closes, and not always. Here, closing comes last, after the jobs have had
 * their time; a worker that only waits must not use that up.
 */
export class WorkerPauses {
  private readonly pausing = new Set<PauseController>();
  private isStopping = false;

  /**
   * Runs a pause that {@link shorten} can end.
   *
   * @param milliseconds undefined: the default of `pause`
   */
  async run(
    milliseconds: number | undefined,
    controller: PauseController | undefined,
    pause: (milliseconds: number | undefined, controller: PauseController) => Promise<void>,
  ): Promise<void> {
    const ending = controller ?? (new AbortController() as PauseController);
    this.pausing.add(ending);
    const longest = this.isStopping ? WHILE_STOPPING : Infinity;
    try {
      await pause(milliseconds && Math.min(milliseconds, longest), ending);
    } finally {
      this.pausing.delete(ending);
    }
  }

  /** Ends the current pauses, and keeps later ones short. */
  shorten(): void {
    this.isStopping = true;
    for (const ending of this.pausing) ending.abort();
  }
}
