import type { FinishedJobs } from '../page-data';
import { h, svg } from './dom';
import { count } from './format';

const BAR = { width: 4, gap: 1 };

function totals(history: readonly FinishedJobs[]): { completed: number; failed: number } {
  return history.reduce(
    (sum, { completed, failed }) => ({
      completed: sum.completed + completed,
      failed: sum.failed + failed,
    }),
    { completed: 0, failed: 0 },
  );
}

/** A bar a minute: what completed, and above it what failed. */
export function sparkline(history: readonly FinishedJobs[], height = 28): SVGElement {
  const { completed, failed } = totals(history);
  const highest = Math.max(1, ...history.map((minute) => minute.completed + minute.failed));
  const width = history.length * (BAR.width + BAR.gap);
  // What is not nothing is seen.
  const scaled = (jobs: number) => (jobs === 0 ? 0 : Math.max(1.5, (jobs / highest) * height));
  const bars = history.flatMap((minute, index) => {
    const x = index * (BAR.width + BAR.gap);
    const above = Math.min(height, scaled(minute.failed));
    const below = Math.min(height - above, scaled(minute.completed));
    const bar = (kind: string, y: number, size: number) =>
      svg('rect', { class: kind, x, y: y.toFixed(1), width: BAR.width, height: size.toFixed(1) });
    if (below + above === 0) return [bar('idle', height - 1, 1)];
    return [bar('completed', height - below, below), bar('failed', height - below - above, above)];
  });
  const label = `${count(completed)} completed and ${count(failed)} failed in the last ${history.length} minutes`;
  return svg(
    'svg',
    {
      class: 'sparkline',
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    },
    svg('title', {}, label),
    ...bars,
  );
}

/** The same, large, with its scale. */
export function chart(history: readonly FinishedJobs[]): HTMLElement {
  const highest = Math.max(0, ...history.map(({ completed, failed }) => completed + failed));
  const { completed, failed } = totals(history);
  return h(
    'figure',
    { class: 'chart' },
    h(
      'figcaption',
      {},
      h('b', {}, 'Finished, by minute'),
      h('span', { class: 'key completed' }, `${count(completed)} completed`),
      h('span', { class: 'key failed' }, `${count(failed)} failed or cancelled`),
      h('span', { class: 'scale' }, `most in a minute: ${count(highest)}`),
    ),
    sparkline(history, 60),
    h(
      'p',
      { class: 'axis', 'aria-hidden': 'true' },
      h('span', {}, `${history.length} min ago`),
      h('span', {}, 'now'),
    ),
  );
}

/** Completed jobs a minute, over the last five minutes and the one that is not over. */
export function rate(history: readonly FinishedJobs[], now: number): number {
  const { completed } = totals(history.slice(-6));
  return completed / (5 + (now % 60_000) / 60_000);
}
