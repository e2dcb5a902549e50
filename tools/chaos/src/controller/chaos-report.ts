import { markdownTable, seconds } from '@tools/experiment';
import type { FaultKind } from '../faults/schedule';
import type { Verdict } from '../proof/proof';
import type { ChaosOptions } from './chaos-options';

export interface ChaosResult {
  verdict: Verdict;
  /** How many jobs failed permanently as planned, and were redriven. */
  deaths: number;
  faults: Partial<Record<FaultKind, number>>;
  /** How many processes were started. */
  processes: number;
  /** In milliseconds from the first job: to the last fault, and to the end of the last job. */
  duration: { faults: number; total: number };
}

/** How many breaches of a kind are printed; the event log has all of them. */
const SHOWN = 10;

export function chaosTable({ verdict, deaths, faults, processes, duration }: ChaosResult): string {
  const runs = [...verdict.jobsByRuns].map(([times, jobs]) => `${times}: ${jobs}`).join(', ');
  const rows: [string, string][] = [
    ['jobs tried', String(verdict.tried)],
    ['committed', String(verdict.committed)],
    ['rolled back', String(verdict.rolledBack)],
    [
      'outcome unknown to the producer',
      `${verdict.unknown.total} (${verdict.unknown.committed} committed)`,
    ],
    ['committed and done', String(verdict.done)],
    ['committed and deduplicated', String(verdict.deduplicated)],
    ['committed and cancelled', String(verdict.cancelled)],
    ['parents that failed with a cancelled child', String(verdict.abandoned)],
    ...(verdict.lost > 0
      ? [['committed and lost', String(verdict.lost)] satisfies [string, string]]
      : []),
    ['dead and redriven', String(deaths)],
    ['flows done', String(verdict.flows)],
    ['jobs with a limit', String(verdict.limited)],
    ['scheduled runs', String(verdict.ticks)],
    ['jobs by number of runs', runs],
    ...Object.entries(faults).map(([kind, times]): [string, string] => [kind, String(times)]),
    ['processes started', String(processes)],
    ['seconds with faults', seconds(duration.faults)],
    ['seconds in total', seconds(duration.total)],
  ];
  return markdownTable<[string, string]>(
    [
      { title: 'what', align: 'left', value: ([what]) => what },
      { title: 'count', align: 'right', value: ([, count]) => count },
    ],
    rows,
  );
}

/** The last lines of the output: what was proved; or what was found, and how to repeat the run. */
export function chaosVerdict(
  { verdict }: ChaosResult,
  { seed, store, isolation, effects, replicas }: ChaosOptions,
  log: string,
): string {
  if (verdict.breaches.length === 0) {
    if (verdict.lost > 0) {
      return (
        `Lost: ${verdict.lost} of ${verdict.committed} committed jobs, as a failover may without --replicas. ` +
        'Every other promise was kept.'
      );
    }
    return (
      `Proved: all ${verdict.committed} committed jobs are done, each with exactly one effect` +
      `${verdict.deduplicated > 0 ? ` (${verdict.deduplicated} through another job with the same key)` : ''}, ` +
      `except ${verdict.cancelled} that were cancelled and ${verdict.abandoned} that failed with a cancelled child; ` +
      `${verdict.flows} flows ended, and no slot of ${verdict.limited} jobs with a limit is left; ` +
      `none of ${verdict.rolledBack} rolled-back jobs ran; ${verdict.ticks} scheduled runs, none missing or added twice; no job failed permanently; nothing is left behind.`
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
  return `FAILED\n${lines.join('\n')}\nTo repeat the faults: --seed=${seed} --store=${store} --isolation=${isolation} --effects=${effects} --replicas=${replicas}. What happened: ${log}`;
}
