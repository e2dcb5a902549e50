import { InvalidOptionError } from '../limits/invalid-option.errors';
import type { EndedJob } from './added-job';

export interface DrainOptions {
  /**
   * How much time passes: milliseconds, a string such as `2 hours`, `30 minutes` or `1d`, or the time itself. Jobs that
   * are due later stay; schedules run until then. By default as much as the jobs need that are there.
   */
  readonly until?: number | string | Date;
  /**
   * What happens if a job fails permanently: `throw` rejects with a `DrainFailedError`, `report` leaves it to the test.
   * @default throw
   */
  readonly failures?: 'throw' | 'report';
  /**
   * In milliseconds of real time: if no job moves for so long although handlers run, they are taken to hang, and the clock
   * jumps to their time limits. For tests of a contract's `timeout`; by default handlers have the time that they need.
   */
  readonly hangsAfter?: number;
  /**
   * In milliseconds of real time: if no job moves for so long, `drain` rejects with a `DrainStuckError`.
   * @default 4000
   */
  readonly patience?: number;
}

/** What a drain has done. */
export interface DrainReport {
  readonly completed: number;
  /** Permanently. */
  readonly failed: number;
  readonly cancelled: number;
  /** Attempts that have failed and were followed by another one. */
  readonly retries: number;
  /** The jobs that have ended, in that order. */
  readonly jobs: readonly EndedJob[];
  /** Jobs that have not ended: they are due later, or no processor of this test runs them. */
  readonly left: number;
  /** How much time has passed by the clock of the test, in milliseconds. */
  readonly elapsed: number;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: 1_000,
  second: 1_000,
  m: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

/**
 * The time until which to drain, in milliseconds since 1970.
 *
 * @throws InvalidOptionError
 */
export function endOf(until: NonNullable<DrainOptions['until']>, now: number): number {
  const end = until instanceof Date ? until.getTime() : now + lengthOf(until);
  if (Number.isFinite(end) && end >= now) return end;
  const expected = 'milliseconds, a string such as "2 hours" or "90s", or a Date to come';
  throw new InvalidOptionError('drain', { option: 'until', value: until, expected });
}

function lengthOf(until: number | string): number {
  if (typeof until === 'number') return until;
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(until.trim()) ?? [];
  return Number(amount) * (UNITS[unit] ?? UNITS[unit.replace(/s$/, '')] ?? NaN);
}
