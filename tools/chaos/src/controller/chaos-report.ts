import { markdownTable, seconds, type StoreKind } from '@tools/experiment';
import type { ChaosIsolation, FaultKind } from '../faults/schedule';
import type { Verdict } from '../proof/proof';

/** What a run came to. */
export interface ChaosResult {
  seed: number;
  store: StoreKind;
  isolation: ChaosIsolation;
  verdict: Verdict;
  /** How many jobs failed for good and were redriven. */
  deaths: number;
  faults: Partial<Record<FaultKind, number>>;
  /** How many processes were started. */
  processes: number;
  /** In milliseconds: until the last fault, and until the last job was done. */
  duration: { faults: number; total: number };
}

/** How many breaches of a kind are printed; all of them are in the event log. */
const SHOWN = 10;

export function chaosTable({ verdict, deaths, faults, processes, duration }: ChaosResult): string {
  const runs = [...verdict.jobsByRuns].map(([times, jobs]) => `${times}: ${jobs}`).join(', ');
  const rows: [string, string][] = [
    ['jobs tried', String(verdict.tried)],
    ['committed', String(verdict.committed)],
    ['rolled back', String(verdict.rolledBack)],
    [
      'end not seen by the producer',
      `${verdict.unknown.total} (${verdict.unknown.committed} of them committed)`,
    ],
    ['committed and done', String(verdict.done)],
    ['committed, and not added because the same was there', String(verdict.same)],
    ['dead and redriven', String(deaths)],
    ['jobs by number of runs', runs],
    ...Object.entries(faults).map(([kind, times]): [string, string] => [kind, String(times)]),
    ['processes started', String(processes)],
    ['seconds of faults', seconds(duration.faults)],
    ['seconds in all', seconds(duration.total)],
  ];
  return markdownTable<[string, string]>(
    [
      { title: 'what', align: 'left', value: ([what]) => what },
      { title: 'count', align: 'right', value: ([, count]) => count },
    ],
    rows,
  );
}

/** The last lines: what was proved, or what was found and how to see it again. */
export function chaosVerdict(
  { verdict, seed, store, isolation }: ChaosResult,
  log: string,
): string {
  if (verdict.breaches.length === 0) {
    return (
      `Proved: all ${verdict.committed} committed jobs were done, each with one effect` +
      `${verdict.same > 0 ? `, or another of the same key in their place (${verdict.same})` : ''}; ` +
      `none of ${verdict.rolledBack} that were rolled back was seen; none failed for good; nothing was left behind.`
    );
  }
  const kinds = new Set(verdict.breaches.map(({ kind }) => kind));
  const lines = [...kinds].flatMap((kind) => {
    const found = verdict.breaches.filter((breach) => breach.kind === kind);
    const more = found.length > SHOWN ? [`  … and ${found.length - SHOWN} more`] : [];
    return [
      `${kind} (${found.length}):`,
      ...found.slice(0, SHOWN).map(({ what }) => `  ${what}`),
      ...more,
    ];
  });
  return `FAILED\n${lines.join('\n')}\nThe same faults again: --seed=${seed} --store=${store} --isolation=${isolation}. What happened: ${log}`;
}
