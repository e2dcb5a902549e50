import { type Column, markdownTable, whole } from '@tools/experiment';
import { describeRatio, pairedRatio, quantile, summarize } from '../measure/statistics';
import type { Cleaning } from './measure-cleaning';

/** Jobs/s of each run, in the order of the rounds. */
export interface Rates {
  readonly fresh: readonly number[];
  readonly kept: readonly number[];
}

export function keptTable(rates: Rates): string {
  const columns: Column<{ queue: string; runs: readonly number[] }>[] = [
    { title: 'queue', value: ({ queue }) => queue, align: 'left' },
    { title: 'jobs/s', value: ({ runs }) => rate(runs), align: 'right' },
  ];
  return markdownTable(columns, [
    { queue: 'new', runs: rates.fresh },
    { queue: 'keeps that many', runs: rates.kept },
  ]);
}

/** The throughput beside the kept jobs, as a share of that in a new queue. */
const KEPT_TARGET = 0.9;

export function keptComparison(rates: Rates): string {
  const ratio = pairedRatio(rates.kept, rates.fresh);
  const verdict = ratio.median >= KEPT_TARGET ? 'met' : 'missed';
  return `Kept jobs leave ${describeRatio(ratio)} of the jobs/s (target: at least ${KEPT_TARGET}, ${verdict}).`;
}

export function cleaningTable({ before, meanwhile }: Cleaning): string {
  const columns: Column<{ when: string; took: readonly number[] }>[] = [
    { title: 'fetching jobs', value: ({ when }) => when, align: 'left' },
    { title: 'statements', value: ({ took }) => whole(took.length), align: 'right' },
    { title: 'median, ms', value: ({ took }) => quantile(took, 0.5).toFixed(2), align: 'right' },
    { title: '99 %, ms', value: ({ took }) => quantile(took, 0.99).toFixed(1), align: 'right' },
    { title: 'longest, ms', value: ({ took }) => quantile(took, 1).toFixed(0), align: 'right' },
  ];
  return markdownTable(columns, [
    { when: 'before the cleaner', took: before },
    { when: 'while it removes jobs', took: meanwhile },
  ]);
}

/** How much longer a statement may take that fetches jobs. */
const CLEANING_TARGET = 1.2;

export function cleaningComparison({ before, meanwhile, removed, lasted }: Cleaning): string {
  const ratio = quantile(meanwhile, 0.5) / quantile(before, 0.5);
  const verdict = ratio <= CLEANING_TARGET ? 'met' : 'missed';
  return (
    `${removed.toLocaleString('en')} jobs were removed in ${(lasted / 1_000).toFixed(0)} s. Meanwhile the median was ` +
    `${ratio.toFixed(2)} of that before (target: at most ${CLEANING_TARGET}, ${verdict}).`
  );
}

function rate(runs: readonly number[]): string {
  const { median, min, max } = summarize(runs);
  return `${whole(median)} (${whole(min)}–${whole(max)})`;
}
