import { markdownTable, whole } from '@tools/experiment';
import { describeRatio, pairedRatio, summarize } from '../measure/statistics';
import type { ThroughputRun } from '../throughput/measure-program';

export interface ViewedRun extends ThroughputRun {
  /** CPU time of the process that serves the page, in milliseconds a second. */
  pageCpu: number;
}

/** Jobs that were run while so many browsers looked at the page. */
export interface Viewed {
  store: string;
  viewers: number;
  runs: readonly ViewedRun[];
  /** Transactions, or commands of Redis, that the store is asked in a second without jobs. */
  asked: number;
}

/** The first row of each store is what its others are compared with. */
export function pageTable(results: readonly Viewed[]): string {
  const ratio = (figure: 'jobsPerSecond' | 'cpuPerJob', { store, runs }: Viewed) => {
    const plain = results.find((each) => each.store === store)?.runs ?? [];
    const of = (all: readonly ViewedRun[]) => all.map((run) => run[figure]);
    return describeRatio(pairedRatio(of(runs), of(plain)));
  };
  return markdownTable<Viewed>(
    [
      { title: 'store', align: 'left', value: ({ store }) => store },
      { title: 'viewers', align: 'right', value: ({ viewers }) => String(viewers) },
      {
        title: 'jobs/s',
        align: 'right',
        value: ({ runs }) => whole(summarize(runs.map((run) => run.jobsPerSecond)).median),
      },
      {
        title: 'share of the jobs/s',
        align: 'right',
        value: (row) => ratio('jobsPerSecond', row),
      },
      {
        title: 'CPU time per job',
        align: 'right',
        value: (row) => ratio('cpuPerJob', row),
      },
      {
        title: 'the page, ms of CPU a second',
        align: 'right',
        value: ({ runs }) => summarize(runs.map(({ pageCpu }) => pageCpu)).median.toFixed(1),
      },
      {
        title: 'asked of the store a second',
        align: 'right',
        value: ({ asked }) => asked.toFixed(1),
      },
    ],
    results,
  );
}
