import { type Summary } from '../report/statistics';
import { markdownTable } from '../report/table';
import { whole } from '../report/units';

/** What a program managed. */
export interface Throughput {
  name: string;
  jobsPerSecond: Summary;
  runs: readonly number[];
}

export function throughputTable(results: readonly Throughput[]): string {
  return markdownTable<Throughput>(
    [
      { title: 'what', align: 'left', value: ({ name }) => name },
      {
        title: 'jobs/s',
        align: 'right',
        value: ({ jobsPerSecond: { median, min, max } }) =>
          `${whole(median)} (${whole(min)}–${whole(max)})`,
      },
    ],
    results,
  );
}

/** The comparisons that the figures are for, where both sides were measured. */
export function ratios(results: readonly Throughput[]): string[] {
  const median = (name: string) =>
    results.find((result) => result.name === name)?.jobsPerSecond.median;
  return ['Postgres', 'Redis'].flatMap((store) => {
    const raw = median(`${store}: run by BullMQ alone`);
    const host = median(`${store}: run by JobHost`);
    const apart = median(`${store}: row, then job`);
    const together = median(`${store}: row and job in one transaction`);
    if (raw === undefined || host === undefined) return [];
    if (apart === undefined || together === undefined) return [];
    const ratio = host / raw;
    return [
      `${store}: JobHost runs ${ratio.toFixed(2)} of what BullMQ alone does; aim: at least 0.97, ${ratio >= 0.97 ? 'met' : 'missed'}. ` +
        `In one transaction ${(together / apart).toFixed(2)} of row, then job.`,
    ];
  });
}
