import type { JobContract } from '../contract/job-contract';
import { UnknownQueueError } from '../queues/unknown-queue.error';
import { UnknownScheduleError } from '../schedules/unknown-schedule.error';
import { CommandError } from './command.error';

/** The options of `schedules`. */
export interface SchedulesOptions {
  /** The schedules of one job; undefined: of every job of the command. */
  job?: string;
  /** Runs a schedule: `cleanup`, or `cleanup:nightly` if the job has several. */
  run?: string;
  json?: boolean;
  /** How many of the next runs are shown. @default 5 */
  next?: number;
}

export interface SchedulesRequest {
  readonly queue: string | undefined;
  /** The schedule to run, if any. */
  readonly run: { readonly queue: string; readonly name: string } | undefined;
  readonly json: boolean;
  readonly next: number;
}

/**
 * @throws CommandError if the options contradict one another, or do not say which schedule
 * @throws UnknownQueueError, UnknownScheduleError which suggest a similar name
 */
export function schedulesRequest(
  jobs: readonly JobContract[],
  { job, run, json = false, next = 5 }: SchedulesOptions,
): SchedulesRequest {
  if (job !== undefined && run !== undefined) {
    throw new CommandError('Pass either --job or --run, not both.');
  }
  if (!Number.isInteger(next) || next < 1 || next > 1_000) {
    throw new CommandError(`--next must be a whole number from 1 to 1000, and is ${next}.`);
  }
  if (job !== undefined) findJob(jobs, job);
  return { queue: job, run: run === undefined ? undefined : chosen(jobs, run), json, next };
}

function chosen(jobs: readonly JobContract[], run: string) {
  const [queue = '', name] = run.split(/:(.*)/s);
  const names = (findJob(jobs, queue).schedules ?? []).map((schedule) => schedule.name);
  const [only, ...others] = names;
  if (name !== undefined && names.includes(name)) return { queue, name };
  if (only === undefined) throw new CommandError(`The job "${queue}" has no schedules.`);
  if (name !== undefined) throw new UnknownScheduleError(queue, name, names);
  if (others.length === 0) return { queue, name: only };
  const choice = names.map((each) => `--run=${queue}:${each}`).join(', ');
  throw new CommandError(`The job "${queue}" has several schedules. Pass one of: ${choice}.`);
}

function findJob(jobs: readonly JobContract[], name: string): JobContract {
  const known = jobs.map((job) => job.name).sort();
  const job = jobs.find((each) => each.name === name);
  if (job === undefined) throw new UnknownQueueError(name, known);
  return job;
}
