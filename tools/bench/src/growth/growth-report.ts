import { markdownTable, megabytes, seconds, whole } from '@tools/experiment';
import type { Summary } from '../measure/statistics';

/** What a workspace with `size` generated processors costs. Milliseconds; memory in bytes. */
export interface Growth {
  size: number;
  build: Summary;
  graph: Summary;
  generator: Summary;
  firstJob: Summary;
  rss: Summary;
  /** CPU time until the first job is done, if the system reports it. */
  cpu?: Summary;
}

export function growthTable(rows: readonly Growth[]): string {
  return markdownTable<Growth>(
    [
      { title: 'processors', align: 'right', value: ({ size }) => String(size) },
      { title: 'nx build worker, s', align: 'right', value: ({ build }) => seconds(build.median) },
      { title: 'project graph, s', align: 'right', value: ({ graph }) => seconds(graph.median) },
      {
        title: 'nx g processor, s',
        align: 'right',
        value: ({ generator }) => seconds(generator.median),
      },
      {
        title: 'start to first job, ms',
        align: 'right',
        value: ({ firstJob: { median, min, max } }) =>
          `${whole(median)} (${whole(min)}–${whole(max)})`,
      },
      {
        title: 'CPU time, ms',
        align: 'right',
        value: ({ cpu }) => (cpu ? whole(cpu.median) : ''),
      },
      { title: 'memory, MB', align: 'right', value: ({ rss }) => megabytes(rss.median) },
    ],
    rows,
  );
}

/** Compares the largest workspace with the smallest. @throws RangeError without measurements */
export function growthVerdict(rows: readonly Growth[]): string {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) throw new RangeError('Nothing was measured.');
  const slower = last.firstJob.median - first.firstJob.median;
  const larger = last.rss.median - first.rss.median;
  const spread = first.firstJob.quartiles[1] - first.firstJob.quartiles[0];
  return (
    `One selected processor of ${last.size} completes its first job ${signed(slower)} ms later, with ` +
    `${signed(larger / 1e6)} MB, than one of ${first.size}; half of the starts of the smallest workspace ` +
    `lie within ${whole(spread)} ms.`
  );
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${whole(Math.abs(value))}`;
}
