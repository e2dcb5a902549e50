/** In milliseconds. */
const LONGEST = 500;

/** So few processes all fetch at once: one fetch that finds nothing costs less than a job that waits. */
const FEW = 2;

/**
 * How long a worker that waits leaves a job to others before it looks for it, in milliseconds. A notification goes to
 * all of them at once, and so does the time at which a delayed job is due. One of them gets the job, and each fetch
 * that finds nothing is work for the database.
 *
 * @param isEager whether it got a job when it was last woken, and runs none. It fetches at once, so that a queue with few
 *   jobs has one process that takes them without a delay; while that one runs jobs, the first of all looks soon after.
 * @param processes how many run jobs of the queue
 * @param fetchTime in milliseconds: how long a fetch takes that gets a job. Until it is committed, the others see the
 *   job, so one turn should come in so long.
 */
export function turnAfter(isEager: boolean, processes: number, fetchTime: number): number {
  if (isEager || processes <= FEW) return 0;
  return Math.random() * Math.min(LONGEST, processes * fetchTime);
}
