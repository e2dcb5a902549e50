/** What worker processes have done since they started. */
export interface Snapshot {
  /** Jobs that have run, by queue. */
  readonly done: Readonly<Record<string, number>>;
  /** CPU time, in milliseconds. */
  readonly cpu: number;
}

export function sum(snapshots: readonly Snapshot[]): Snapshot {
  const done: Record<string, number> = {};
  for (const snapshot of snapshots) {
    for (const [queue, count] of Object.entries(snapshot.done)) {
      done[queue] = (done[queue] ?? 0) + count;
    }
  }
  return { done, cpu: snapshots.reduce((total, { cpu }) => total + cpu, 0) };
}

/** What was done between two snapshots. */
export function difference(before: Snapshot, after: Snapshot): Snapshot {
  const done = Object.entries(after.done).map(
    ([queue, count]) => [queue, count - (before.done[queue] ?? 0)] as const,
  );
  return { done: Object.fromEntries(done), cpu: after.cpu - before.cpu };
}

export function countOf({ done }: Snapshot): number {
  return Object.values(done).reduce((total, count) => total + count, 0);
}

/** Of the jobs that each queue would have had, had all run as many: 1 is fair, 0: one queue ran none. */
export function smallestShare(snapshot: Snapshot): number {
  const counts = Object.values(snapshot.done);
  return (Math.min(...counts) * counts.length) / countOf(snapshot);
}
