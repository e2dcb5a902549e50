import { limitKeyOf } from '../contract/key-limits';
import { LONGEST_DELAY } from '../limits/numbers';

/*
 * Limits by key. A job with a key is *parked* until its key has room: BullMQ has it among its delayed jobs, with a time
 * that never comes, so that every tool lists it and no worker takes it. A worker releases parked jobs before it
 * fetches one, and when one of the key ends.
 *
 *     add ──▶ arrived ──▶ parked ──▶ waiting ──▶ active ──▶ completed, failed
 *               ▲  └────────────────▲ released    │
 *               └──── delayed ◀───────────────────┘ a retry; also the delay of an `add`
 *
 * A key's room is what its waiting and active jobs leave of its concurrency, and what the starts of its window leave
 * of its rate.
 */

/** In milliseconds since 1970: when a job is due that has arrived, and that no worker has looked at. Year 2160. */
export const ARRIVED_AT = 6_000_000_000_000;

/** In milliseconds since 1970: when a parked job is due. */
export const PARKED_AT = 7_000_000_000_000;

/** Whether a job that BullMQ calls delayed waits for room in its key. No delay that is asked for is as long. */
export function isParked(job: { readonly delay?: number; readonly opts: object }): boolean {
  return Number(job.delay) > LONGEST_DELAY && limitKeyOf(job.opts) !== undefined;
}

interface NewJob {
  readonly timestamp?: number;
  readonly delay?: number;
  readonly opts?: object;
}

/** A job to add: with a key it arrives among the delayed jobs, unless it has a delay of its own. */
export function arriving<Job extends NewJob>(job: Job): Job {
  if (limitKeyOf(job.opts) === undefined) return job;
  const own: unknown = job.delay ?? Reflect.get(job.opts ?? {}, 'delay');
  if (Number(own) > 0) return job;
  const timestamp = job.timestamp ?? Date.now();
  const delay = ARRIVED_AT - timestamp;
  return { ...job, timestamp, delay, opts: { ...job.opts, delay } };
}

/** What the backend of a worker without limits offers. */
export interface ParkedJobs {
  /** Lets every parked job run: its contract has no limit any more. */
  releaseParked(): Promise<void>;
}
