import { type Column, whole } from '@tools/experiment';
import type { ScaleRow } from './measure-scale';

/** A row beside that of the fewest processes on the same store. */
export interface ComparedRow extends ScaleRow {
  /** Of the jobs a second of the fewest processes. */
  readonly times: number;
}

export function compared(rows: readonly ScaleRow[]): ComparedRow[] {
  return rows.map((row) => {
    const first = rows.find(({ store }) => store === row.store) ?? row;
    return { ...row, times: row.jobsPerSecond / first.jobsPerSecond };
  });
}

export const SCALE_COLUMNS: readonly Column<ComparedRow>[] = [
  { title: 'store', value: ({ store }) => store, align: 'left' },
  number('processes', ({ processes }) => String(processes)),
  number('jobs/s', ({ jobsPerSecond }) => whole(jobsPerSecond)),
  number('of the first row', ({ times }) => times.toFixed(2)),
  number('smallest share', ({ smallestShare }) => smallestShare.toFixed(2)),
  number('store CPU, µs/job', ({ cpu }) => whole(cpu.store)),
  number('workers CPU, µs/job', ({ cpu }) => whole(cpu.workers)),
  number('processors busy', ({ busy }) => busy.toFixed(1)),
  number('requests/job', ({ requestsPerJob }) => requestsPerJob.toFixed(1)),
  number('connections', ({ connections }) => String(connections)),
  number('single job: requests', ({ single }) => single.requests.toFixed(1)),
  number('single job: store CPU, µs', ({ single }) => whole(single.cpu)),
];

function number(title: string, value: (row: ComparedRow) => string): Column<ComparedRow> {
  return { title, value, align: 'right' };
}
