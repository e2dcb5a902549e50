import { markdownTable, whole } from '@tools/experiment';
import { type Summary, summarize } from '../measure/statistics';
import type { ThroughputRun } from './measure-program';
import { NAMES } from './programs-on-store';

/** What a program managed. */
export interface Throughput {
  name: string;
  jobsPerSecond: Summary;
  /** In microseconds. */
  cpuPerJob: Summary;
  /** One a round; the same place in two programs is the same round. */
  runs: readonly ThroughputRun[];
}

export function summarizeThroughput(name: string, runs: readonly ThroughputRun[]): Throughput {
  return {
    name,
    jobsPerSecond: summarize(runs.map(({ jobsPerSecond }) => jobsPerSecond)),
    cpuPerJob: summarize(runs.map(({ cpuPerJob }) => cpuPerJob)),
    runs,
  };
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
      {
        title: 'processor time a job, µs',
        align: 'right',
        value: ({ cpuPerJob }) => whole(cpuPerJob.median),
      },
    ],
    results,
  );
}

/** The least that `JobHost` should do of what BullMQ alone does. */
const AIM = 0.97;

/** The comparisons that the figures are for, where both sides were measured. */
export function comparisons(results: readonly Throughput[]): string[] {
  const find = (store: string, name: string) =>
    results.find((result) => result.name === `${store}: ${name}`);
  return ['Postgres', 'Redis'].flatMap((store) => {
    const host = ratio(find(store, NAMES.host), find(store, NAMES.raw));
    const together = ratio(find(store, NAMES.together), find(store, NAMES.apart));
    if (host === undefined || together === undefined) return [];
    const verdict = host.jobsPerSecond.median >= AIM ? 'met' : 'missed';
    return [
      `${store}: JobHost runs ${spread(host.jobsPerSecond)} of the jobs/s of BullMQ alone (aim: at least ${AIM}, ${verdict}), ` +
        `with ${spread(host.cpuPerJob)} of its processor time.`,
      `${store}: in one transaction ${spread(together.jobsPerSecond)} of the jobs/s of row, then job.`,
    ];
  });
}

/** Of each round by itself, so that what else the machine did then is on both sides. */
function ratio(above: Throughput | undefined, below: Throughput | undefined) {
  if (above === undefined || below === undefined) return undefined;
  const each = (figure: keyof ThroughputRun) =>
    summarize(
      above.runs.map((run, round) => run[figure] / (below.runs[round]?.[figure] ?? Number.NaN)),
    );
  return { jobsPerSecond: each('jobsPerSecond'), cpuPerJob: each('cpuPerJob') };
}

/** The median, and between what half of the rounds lie. */
function spread({ median, quartiles: [low, high] }: Summary): string {
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
