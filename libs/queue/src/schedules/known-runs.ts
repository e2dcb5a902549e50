import type { KnownRun } from './schedule-state';

/** Runs that may not have ended, and a new one. */
export function withRun(runs: readonly KnownRun[], run: KnownRun): KnownRun[] {
  return [...runs.filter(({ outcome }) => outcome === undefined), run];
}

/** Without a run that there is not after all. @param before the runs before it was added, of which some may be left out now */
export function withoutRun(
  runs: readonly KnownRun[],
  id: string,
  before: readonly KnownRun[],
): KnownRun[] {
  const others = runs.filter((run) => run.id !== id);
  const leftOut = before.filter((run) => others.every((other) => other.id !== run.id));
  return [...leftOut, ...others].sort((a, b) => a.at - b.at);
}
