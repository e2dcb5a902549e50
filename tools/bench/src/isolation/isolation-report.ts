import {
  type Column,
  describeMachine,
  type Machine,
  markdownTable,
  megabytes,
  whole,
} from '@tools/experiment';
import type { Summary } from '../measure/statistics';
import type { IsolationBenchOptions } from './bench-options';
import type { CellSummary, TopologyResult } from './isolation-result';
import { type Place, WORK, type Work } from './topologies';

/** What is aimed at: the p99 under jobs, as a multiple of the p99 without any. */
const AIM = 1.2;

const AIMED: readonly Place[] = ['process', 'worker'];

/** All of it in Markdown: tables, then a list of what they come to. */
export function reportOf(
  results: readonly TopologyResult[],
  options: IsolationBenchOptions,
  machine: Machine,
): string {
  const { rounds, measured, rate, timeout, block, parallel, hold, pool } = options;
  const list = [
    `Medians of ${rounds} interleaved rounds of ${measured / 1_000} s, smallest to largest in brackets; timed out: of all rounds.`,
    `${rate} requests a second, given up after ${whole(timeout)} ms; ${parallel} blocking at a time, for ${whole(block)} ms each on a free core; ${pool} that hold a connection at a time, for ${whole(hold)} ms each.`,
    ...aims(results, machine.cores),
    ...doubts(results),
    describeMachine(machine),
  ];
  const lines = list.map((line) => `- ${line}`).join('\n');
  return `${latencyTables(results)}\n\n${costTable(results)}\n\n${lines}\n`;
}

/** A table a kind of work. Each cell is the median of the rounds, smallest and largest in brackets. */
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

/** The comparisons that the figures are for, each a sentence. */
export function aims(results: readonly TopologyResult[], cores: number): string[] {
  const sentences = results
    .filter(({ topology }) => AIMED.includes(topology.place))
    .map(({ topology, cells }) => {
      if (cells.idle.timedOut > 0) {
        return `p99, ${topology.name}: cannot be told, since requests timed out without any jobs. This machine was too busy; aim: at most ${AIM} of idle.`;
      }
      const idle = cells.idle.p99.median;
      const ratios = { block: cells.block.p99.median / idle, hold: cells.hold.p99.median / idle };
      const verdict = (ratio: number) =>
        `${ratio.toFixed(2)} of idle (${ratio <= AIM ? 'met' : 'missed'})`;
      return `p99, ${topology.name}: ${verdict(ratios.block)} with jobs that block, ${verdict(ratios.hold)} with jobs that hold connections; aim: at most ${AIM}.`;
    });
  return [...sentences, ...fewCores(cores)];
}

/** The api, the database and the clients want a core when the job has one. */
const ENOUGH_CORES = 4;

function fewCores(cores: number): string[] {
  if (cores >= ENOUGH_CORES) return [];
  return [
    `With ${cores} cores, a job that computes takes its core from the api, the database or the clients: ` +
      `no isolation gives it back. The aim is for machines with a core free for each job.`,
  ];
}

/** What would make the figures worth nothing, each a sentence; none in a good run. */
export function doubts(results: readonly TopologyResult[]): string[] {
  return results.flatMap(({ topology, cells }) =>
    WORK.flatMap(({ work, name }) => {
      const { failed, sent } = cells[work];
      if (failed === 0) return [];
      return [
        `${topology.name}, ${name}: ${whole(failed)} of ${whole(sent)} requests were answered with an error, or cut off.`,
      ];
    }),
  );
}

/** Milliseconds and rates: one digit behind the point below 100, where it says something. */
function spread({ median, min, max }: Summary): string {
  return `${figure(median)} (${figure(min)}–${figure(max)})`;
}

export function figure(value: number): string {
  return value < 100 ? value.toFixed(1) : whole(value);
}
