import type { Job } from 'bullmq';
import { replaceForbiddenCharacters } from '../contract/forbidden-characters';

/** One attempt of a job that failed. */
export interface FailedAttempt {
  /** 1 for the first; it begins anew when the job is redriven. */
  readonly attempt: number;
  /** When it failed; undefined if it is not known, as for jobs of another program. */
  readonly at: Date | undefined;
  /** The error's name and message. */
  readonly error: string;
  /** The error with its stack, as it was thrown. */
  readonly stack: string;
}

/** How many attempts are kept with a job whose options have no `stackTraceLimit`; the latest are. */
export const DEFAULT_HISTORY = 100;

/** What precedes the stack of an attempt: `2026-01-31T12:00:00.000Z, attempt 2`. */
const HEADING = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z), attempt (\d+)\n/;

/** Lines of a stack, which follow the message. */
const FRAMES = /\n\s+at [\s\S]*$/;

/** What is stored for an attempt that failed just now. BullMQ keeps a list of such texts with the job. */
export function describeAttempt(attempt: number, error: Error, at = new Date()): string {
  const stack = replaceForbiddenCharacters(error.stack ?? String(error));
  return `${at.toISOString()}, attempt ${attempt}\n${stack}`;
}

/** The attempts of a job that failed, the first one first. */
export function failedAttempts(
  job: Pick<Job, 'stacktrace' | 'attemptsMade' | 'finishedOn'>,
): FailedAttempt[] {
  // Postgres has nothing there, not an empty list, after a job was redriven.
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

/** The failed attempts of a job in one line, for its log: what is left of them once it is redriven. */
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

/** What BullMQ itself wrote, as for a job that lost its workers too often, has no time of its own. */
function endOf({ finishedOn }: Pick<Job, 'finishedOn'>, behind: number): Date | undefined {
  return behind === 0 && typeof finishedOn === 'number' ? new Date(finishedOn) : undefined;
}
