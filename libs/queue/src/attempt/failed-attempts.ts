import type { Job } from 'bullmq';
import { replaceForbiddenCharacters } from '../contract/forbidden-characters';

/** A failed attempt of a job. */
export interface FailedAttempt {
  /** 1 for the first; restarts at 1 when the job is redriven. */
  readonly attempt: number;
  /** When it failed; undefined if unknown, as for jobs of another program. */
  readonly at: Date | undefined;
  /** The error's name and message. */
  readonly error: string;
  /** The error with its original stack. */
  readonly stack: string;
}

/** How many of the latest attempts are kept with a job whose options have no `stackTraceLimit`. */
export const DEFAULT_HISTORY = 100;

/** The line before the stack of an attempt: `2026-01-31T12:00:00.000Z, attempt 2`. */
const HEADING = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z), attempt (\d+)\n/;

/** The stack frames after the message. */
const FRAMES = /\n\s+at [\s\S]*$/;

/** The entry to store for an attempt that failed just now. BullMQ keeps a list of these strings with the job. */
export function describeAttempt(attempt: number, error: Error, at = new Date()): string {
  const stack = replaceForbiddenCharacters(error.stack ?? String(error));
  return `${at.toISOString()}, attempt ${attempt}\n${stack}`;
}

/** The failed attempts of a job, oldest first. */
export function failedAttempts(
  job: Pick<Job, 'stacktrace' | 'attemptsMade' | 'finishedOn'>,
): FailedAttempt[] {
  // On Postgres a redriven job has no list at all, not an empty one.
  const entries = job.stacktrace ?? [];
  return entries.map((entry, index) => {
    const [heading = '', time, attempt] = HEADING.exec(entry) ?? [];
    const stack = entry.slice(heading.length);
    const behind = entries.length - 1 - index;
    return {
      attempt: attempt === undefined ? Math.max(1, job.attemptsMade - behind) : Number(attempt),
      at: time === undefined ? endOf(job, behind) : new Date(time),
      error: stack.replace(FRAMES, ''),
      stack,
    };
  });
}

/** The failed attempts of a job in one line, for its log, which survives a redrive. */
export function describeHistory(
  job: Pick<Job, 'stacktrace' | 'attemptsMade' | 'finishedOn'>,
  now = new Date(),
): string {
  const attempts = failedAttempts(job).map(({ attempt, at, error }) => {
    const time = at === undefined ? '' : ` at ${at.toISOString()}`;
    return `attempt ${attempt} failed${time}: ${error.replaceAll(/\s+/g, ' ')}`;
  });
  return [`${now.toISOString()}, redriven`, ...attempts].join('; ');
}

/** Entries written by BullMQ itself, as for a job that lost its worker too often, have no time. */
function endOf({ finishedOn }: Pick<Job, 'finishedOn'>, behind: number): Date | undefined {
  return behind === 0 && typeof finishedOn === 'number' ? new Date(finishedOn) : undefined;
}
