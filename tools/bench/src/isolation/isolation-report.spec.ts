import { summarize } from '../measure/statistics';
import { targets } from './isolation-report';
import type { CellSummary, TopologyResult } from './isolation-result';

const one = summarize([1]);

function cell(p99: number, timedOut = 0): CellSummary {
  const latency = { p50: one, p99: summarize([p99]), worst: one, lateness: one };
  const rates = { requestsPerSecond: one, jobsPerSecond: one };
  return { ...latency, ...rates, sent: 100, timedOut, failed: 0 };
}

function worker(cells: TopologyResult['cells']): TopologyResult {
  const costs = { memory: one, memoryAfter: one, firstJob: one, nextJob: one };
  return {
    topology: { place: 'worker', name: 'standalone worker' },
    cells,
    costs: { ...costs, quickJobsPerSecond: one },
    runs: [],
  };
}

describe(targets.name, () => {
  it('compares the p99 with jobs with the p99 without', () => {
    const [line] = targets([worker({ idle: cell(10), block: cell(15), hold: cell(11) })], 8);
    expect(line).toContain('1.50 of idle (missed) with jobs that block');
    expect(line).toContain('1.10 of idle (met) with jobs that hold connections');
  });

  it('gives no verdict if requests timed out without jobs', () => {
    const all = cell(1_000, 50);
    const [line] = targets([worker({ idle: all, block: all, hold: all })], 8);
    expect(line).toContain('unknown');
    expect(line).not.toContain('(met)');
  });

  it('explains the effect of few cores', () => {
    expect(targets([], 2).join()).toContain('With 2 cores');
    expect(targets([], 8)).toEqual([]);
  });
});
