import { summarize, type Summary } from '../measure/statistics';
import type { Cell, Costs, TopologyRun } from './measure-topology';
import { type Topology, WORK, type Work } from './topologies';

/** All rounds of a topology with one kind of work. Times are in milliseconds. */
export interface CellSummary {
  requestsPerSecond: Summary;
  p50: Summary;
  p99: Summary;
  worst: Summary;
  jobsPerSecond: Summary;
  /** How late the clients were: see `LoadResult`. */
  lateness: Summary;
  /** In all rounds. */
  sent: number;
  timedOut: number;
  failed: number;
}

export interface TopologyResult {
  topology: Topology;
  cells: Readonly<Record<Work, CellSummary>>;
  costs: Readonly<Record<keyof Costs, Summary>>;
  runs: readonly TopologyRun[];
}

/** `measured`: the measured time of each round, in milliseconds. */
export function summarizeRuns(
  topology: Topology,
  runs: readonly TopologyRun[],
  measured: number,
): TopologyResult {
  const cells = WORK.map(({ work }) => [
    work,
    summarizeCells(
      runs.map((run) => run.cells[work]),
      measured,
    ),
  ]);
  const cost = (of: keyof Costs) => summarize(runs.map(({ costs }) => costs[of]));
  return {
    topology,
    cells: Object.fromEntries(cells) as Record<Work, CellSummary>,
    costs: {
      memory: cost('memory'),
      memoryAfter: cost('memoryAfter'),
      firstJob: cost('firstJob'),
      nextJob: cost('nextJob'),
      quickJobsPerSecond: cost('quickJobsPerSecond'),
    },
    runs,
  };
}

function summarizeCells(cells: readonly Cell[], measured: number): CellSummary {
  const summary = (value: (cell: Cell) => number) => summarize(cells.map(value));
  const sum = (value: (cell: Cell) => number) => cells.reduce((all, cell) => all + value(cell), 0);
  return {
    requestsPerSecond: summary(({ answered }) => answered / (measured / 1_000)),
    p50: summary(({ p50 }) => p50),
    p99: summary(({ p99 }) => p99),
    worst: summary(({ worst }) => worst),
    jobsPerSecond: summary((cell) => cell.jobsPerSecond),
    lateness: summary(({ lateness }) => lateness),
    sent: sum(({ sent }) => sent),
    timedOut: sum(({ timedOut }) => timedOut),
    failed: sum(({ failed }) => failed),
  };
}
