/** One run of a job with a limit, by the ledger's clock. */
export interface SlotRun {
  readonly id: string;
  readonly tenant: string;
  /** In milliseconds. */
  readonly started: number;
  /** In milliseconds; null if the run did not say that it ends: its worker was killed, or lost the ledger. */
  readonly ended: number | null;
}

/**
 * The times at which more jobs of a tenant ran than may. A run counts from when it said that it begins until it said
 * that it ends, or until its job ran again: a frozen worker may go on with a job that it has lost. That is less than the
 * time for which the job holds its slot, so a breach is one.
 *
 * @returns each a sentence
 */
export function limitBreaches(
  runs: readonly SlotRun[],
  limit: number,
  cancelled: ReadonlySet<string>,
): string[] {
  const counted = runs.filter(({ id }) => !cancelled.has(id));
  const byTenant = grouped(counted, ({ tenant }) => tenant);
  return [...byTenant].flatMap(([tenant, all]) => {
    const changes = [...grouped(all, ({ id }) => id).values()].flatMap(changesOf);
    // One that ends at the moment at which another one begins is no breach.
    changes.sort((a, b) => a.at - b.at || a.by - b.by);
    let running = 0;
    return changes.flatMap(({ at, by, id }) => {
      running += by;
      if (by < 0 || running <= limit) return [];
      return [`${running} jobs of ${tenant} ran at ${new Date(at).toISOString()}, ${id} the last`];
    });
  });
}

function changesOf(runs: readonly SlotRun[]) {
  const sorted = [...runs].sort((a, b) => a.started - b.started);
  return sorted.flatMap(({ id, started, ended }, index) => {
    if (ended === null) return [];
    const until = Math.min(ended, sorted[index + 1]?.started ?? Infinity);
    return [
      { at: started, by: 1, id },
      { at: until, by: -1, id },
    ];
  });
}

function grouped(
  runs: readonly SlotRun[],
  by: (run: SlotRun) => string,
): ReadonlyMap<string, SlotRun[]> {
  const groups = new Map<string, SlotRun[]>();
  for (const run of runs) groups.set(by(run), [...(groups.get(by(run)) ?? []), run]);
  return groups;
}
