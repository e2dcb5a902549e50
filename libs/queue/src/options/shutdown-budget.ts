/** One part of the time that an application may take to stop. */
export interface ShutdownPhase {
  /** In milliseconds. */
  readonly time: number;
  /** Whether only an application that runs jobs needs it. */
  readonly onlyWithJobs: boolean;
  /** What may take that long. */
  readonly meaning: string;
}

/**
 * How long stopping may take once the deadline for running jobs has passed: every limit, in the order
 * in which they apply. No store that stays silent makes it longer.
 */
export const SHUTDOWN_BUDGET = {
  abortGrace: {
    time: 2_000,
    onlyWithJobs: true,
    meaning: 'Jobs that still run at the deadline have their abort signal, and end.',
  },
  store: {
    time: 5_000,
    onlyWithJobs: false,
    meaning:
      'Everything that waits for the queue store, together: unfinished jobs are requeued; workers, ' +
      'sandboxes, the relay of the outbox, event readers and queues close.',
  },
  connections: {
    time: 1_000,
    onlyWithJobs: false,
    meaning: 'The connections to the queue store end in good order, or are cut.',
  },
  reserve: {
    time: 2_000,
    onlyWithJobs: false,
    meaning:
      "Everything else that closes: the application's own modules and its database. It also covers a busy machine.",
  },
} satisfies Record<string, ShutdownPhase>;

/**
 * In milliseconds, as part of `store`: how long the store may take to take unfinished jobs back. What
 * is left of it is for closing.
 */
export const REQUEUE_TIME = 3_000;

/**
 * In milliseconds: what a sandbox whose job ignores its signal is killed before the end of `abortGrace`,
 * and before the end of `store` if it does not close. Its job is not requeued while it still runs.
 */
export const KILL_TIME = 500;

/**
 * How long an application may take to stop, in milliseconds: from the moment it is told to until its
 * process has ended. One that takes longer should be ended by force.
 *
 * The grace period of an orchestrator has to be longer than that, by what comes before (a delay for
 * load balancers).
 *
 * @param deadline that of running jobs and open requests, in milliseconds (`shutdownDeadline`)
 */
export function shutdownLimit(deadline: number, { runsJobs }: { runsJobs: boolean }): number {
  const phases: ShutdownPhase[] = Object.values(SHUTDOWN_BUDGET);
  return phases
    .filter(({ onlyWithJobs }) => runsJobs || !onlyWithJobs)
    .reduce((sum, { time }) => sum + time, deadline);
}
