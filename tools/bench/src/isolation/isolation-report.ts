import {
  type Column,
  describeMachine,
  type Machine,
  markdownTable,
  megabytes,
  whole,
} from '@tools/experiment';
import type { Summary } from '../measure/statistics';
import type { IsolationOptions } from './isolation-options';
import type { CellSummary, TopologyResult } from './isolation-result';
import { type Place, WORK, type Work } from './topologies';

/** The p99 with jobs, as a multiple of the p99 without jobs. */
const TARGET = 1.2;

const WITH_TARGET: readonly Place[] = ['process', 'worker'];

/** The report in Markdown: tables, then a list of conclusions. */
export function reportOf(
  results: readonly TopologyResult[],
  options: IsolationOptions,
  machine: Machine,
): string {
  const { rounds, measured, rate, timeout, block, parallel, hold, pool } = options;
  const list = [
    `Medians of ${rounds} interleaved rounds of ${measured / 1_000} s, smallest to largest in brackets; timed out: in all rounds.`,
    `${rate} requests a second, timeout ${whole(timeout)} ms; ${parallel} blocking job(s) at a time, ${whole(block)} ms each on a free core; ${pool} job(s) at a time that hold a connection, ${whole(hold)} ms each.`,
    ...targets(results, machine.cores),
    ...doubts(results),
    describeMachine(machine),
  ];
  const lines = list.map((line) => `- ${line}`).join('\n');
  return `${latencyTables(results)}\n\n${costTable(results)}\n\n${lines}\n`;
}

/** One table for each kind of work, with the median of the rounds, smallest and largest in brackets. */
export function latencyTables(results: readonly TopologyResult[]): string {
  return WORK.map(({ work, name }) => {
    const columns: Column<TopologyResult>[] = [
      {
        title: `${name}; processors run`,
        align: 'left',
        value: ({ topology }) => topology.name,
      },
      ...columnsOf(work),
    ];
    return markdownTable(columns, results);
  }).join('\n\n');
}

function columnsOf(work: Work): Column<TopologyResult>[] {
  const column = (title: string, value: (cell: CellSummary) => string): Column<TopologyResult> => ({
    title,
    align: 'right',
    value: ({ cells }) => value(cells[work]),
  });
  return [
    column('requests/s', ({ requestsPerSecond }) => spread(requestsPerSecond)),
    column('p50, ms', ({ p50 }) => spread(p50)),
    column('p99, ms', ({ p99 }) => spread(p99)),
    column('worst, ms', ({ worst }) => spread(worst)),
    column('timed out', ({ timedOut, sent }) => `${whole(timedOut)} of ${whole(sent)}`),
    ...(work === 'idle' ? [] : [column('jobs/s', ({ jobsPerSecond }) => spread(jobsPerSecond))]),
  ];
}

export function costTable(results: readonly TopologyResult[]): string {
  const memory = ({ median }: Summary) => megabytes(median);
  return markdownTable<TopologyResult>(
    [
      { title: 'processors run', align: 'left', value: ({ topology }) => topology.name },
      {
        title: 'memory, MB',
        align: 'right',
        value: ({ costs }) => memory(costs.memory),
      },
      {
        title: 'after one job, MB',
        align: 'right',
        value: ({ costs }) => memory(costs.memoryAfter),
      },
      {
        title: 'first job, ms',
        align: 'right',
        value: ({ costs }) => spread(costs.firstJob),
      },
      { title: 'next job, ms', align: 'right', value: ({ costs }) => spread(costs.nextJob) },
      {
        title: 'jobs/s that do nothing',
        align: 'right',
        value: ({ costs }) => spread(costs.quickJobsPerSecond),
      },
    ],
    results,
  );
}

/** The targets and whether they are met, each a sentence. */
export function targets(results: readonly TopologyResult[], cores: number): string[] {
  const sentences = results
    .filter(({ topology }) => WITH_TARGET.includes(topology.place))
    .map(({ topology, cells }) => {
      if (cells.idle.timedOut > 0) {
        return `p99, ${topology.name}: unknown, because requests timed out even without jobs: this machine was too busy; target: at most ${TARGET} of idle.`;
      }
      const idle = cells.idle.p99.median;
      const ratios = { block: cells.block.p99.median / idle, hold: cells.hold.p99.median / idle };
      const verdict = (ratio: number) =>
        `${ratio.toFixed(2)} of idle (${ratio <= TARGET ? 'met' : 'missed'})`;
      return `p99, ${topology.name}: ${verdict(ratios.block)} with jobs that block, ${verdict(ratios.hold)} with jobs that hold connections; target: at most ${TARGET}.`;
    });
  return [...sentences, ...fewCores(cores)];
}

/** One for the job, and some for the api, the database and the clients. */
const ENOUGH_CORES = 4;

function fewCores(cores: number): string[] {
  if (cores >= ENOUGH_CORES) return [];
  return [
    `With ${cores} cores, a job that computes takes CPU time from the api, the database or the clients, which ` +
      `no isolation can create. The target is for machines with a free core for each job.`,
  ];
}

/** What makes the figures doubtful, each a sentence; none in a good run. */
export function doubts(results: readonly TopologyResult[]): string[] {
  return results.flatMap(({ topology, cells }) =>
    WORK.flatMap(({ work, name }) => {
      const { failed, sent } = cells[work];
      if (failed === 0) return [];
      return [
        `${topology.name}, ${name}: ${whole(failed)} of ${whole(sent)} requests were answered with an error, or aborted.`,
      ];
    }),
  );
}

/** Milliseconds and rates, with one decimal below 100. */
function spread({ median, min, max }: Summary): string {
  return `${figure(median)} (${figure(min)}–${figure(max)})`;
}

export function figure(value: number): string {
  return value < 100 ? value.toFixed(1) : whole(value);
}
