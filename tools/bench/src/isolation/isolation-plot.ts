import { whole } from '@tools/experiment';
import { figure } from './isolation-report';
import type { CellSummary, TopologyResult } from './isolation-result';
import { type LatencyPlot, latencyPlot, type LatencyRow } from './isolation.svg';
import { WORK, type Work } from './topologies';

/** The share of timed-out requests from which a bar is drawn as an alarm. */
const ALARM = 0.001;

/** The result as an SVG file. `machine` describes where it was measured. */
export function plotIsolation(
  results: readonly TopologyResult[],
  options: { rate: number; timeout: number },
  machine: string,
): string {
  const plot: LatencyPlot = {
    title: 'Where should this job run?',
    subtitle: `How long a request to the api takes, in ms (logarithmic), at ${options.rate} requests a second, by where the processors run`,
    names: results.map(({ topology }) => topology.name.split(', ')),
    panels: WORK.map(({ work, name }) => ({
      title: name.charAt(0).toUpperCase() + name.slice(1),
      rows: results.map(({ cells }) => row(cells[work], work, options.timeout)),
    })),
    timeout: options.timeout,
    notes: [
      'Bar: to the 99th percentile (p99), with a dot at the median; line: to the worst request; pale: the p99 of the best and of the worst round.',
      'Orange: requests timed out. The axis ends at the timeout.',
      machine,
    ],
  };
  return latencyPlot(plot);
}

function row(cell: CellSummary, work: Work, timeout: number): LatencyRow {
  const { p50, p99, worst, timedOut, sent, requestsPerSecond, jobsPerSecond } = cell;
  const lost = timedOut / sent;
  const late = timedOut > 0 ? [`${percent(lost)} timed out`] : [];
  const jobs = work === 'idle' ? [] : [`${jobsPerSecond.median.toFixed(1)} jobs/s`];
  return {
    p50: p50.median,
    p99: p99.median,
    p99Range: [p99.min, p99.max],
    worst: worst.median,
    label: [`p99 ${p99.median < timeout ? '' : '≥ '}${figure(p99.median)} ms`, ...late].join(' · '),
    note: [`${whole(requestsPerSecond.median)} requests/s`, ...jobs].join(' · '),
    alarm: lost >= ALARM,
  };
}

function percent(share: number): string {
  return share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`;
}
