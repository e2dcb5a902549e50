import type { KnownRun } from './schedule-state';

/** Runs that may not have ended, and a new one. */
export function withRun(runs: readonly KnownRun[], run: KnownRun): KnownRun[] {
  return [...runs.filter(({ outcome }) => outcome === undefined), run];
}
