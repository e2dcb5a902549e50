import { markdownTable, whole } from '@tools/experiment';
import { describeRatio, pairedRatio, type Summary, summarize } from '../measure/statistics';
import type { ThroughputProgram, ThroughputRun } from './measure-program';
import { OBSERVATIONS, observed, WAYS } from './observed-programs';
import { NAMES } from './program-catalog';

export interface Throughput extends Pick<ThroughputProgram, 'store' | 'what' | 'against'> {
  jobsPerSecond: Summary;
  /** In microseconds. */
  cpuPerJob: Summary;
  /** One for each round; runs of two programs with the same index belong to the same round. */
  runs: readonly ThroughputRun[];
}

export function summarizeThroughput(
  { store, what, against }: ThroughputProgram,
  runs: readonly ThroughputRun[],
): Throughput {
  return {
    ...{ store, what, against },
    jobsPerSecond: summarize(runs.map(({ jobsPerSecond }) => jobsPerSecond)),
    cpuPerJob: summarize(runs.map(({ cpuPerJob }) => cpuPerJob)),
    runs,
  };
}

export function throughputTable(results: readonly Throughput[]): string {
  return markdownTable<Throughput>(
    [
      {
        title: 'what',
        align: 'left',
        value: ({ store, what, against }) => `${store}: ${what}${against ? ', against' : ''}`,
      },
      {
        title: 'jobs/s',
        align: 'right',
        value: ({ jobsPerSecond: { median, min, max } }) =>
          `${whole(median)} (${whole(min)}–${whole(max)})`,
      },
      {
        title: 'CPU time per job, µs',
        align: 'right',
        value: ({ cpuPerJob }) => whole(cpuPerJob.median),
      },
    ],
    results,
  );
}

/** The throughput of `JobHost`, as a share of that of BullMQ alone. */
const TARGET = 0.97;

/** What waits for a replica, and the same without that. */
const CONFIRMED = new Map<string, string>([
  [NAMES.addedConfirmed, NAMES.added],
  [NAMES.oneByOneConfirmed, NAMES.oneByOne],
  [NAMES.publishedConfirmed, NAMES.published],
]);

/** What runs beside an open transaction, and the same without one. */
const HELD = new Map<string, string>([
  [NAMES.rawHeld, NAMES.raw],
  [NAMES.hostHeld, NAMES.host],
]);

/** The ratios that answer a question, where both sides were measured. */
export function comparisons(results: readonly Throughput[]): string[] {
  const here = results.filter(({ against }) => !against);
  return here.flatMap((result) => {
    const { store, what } = result;
    const peer = (name: string) => here.find((one) => one.store === store && one.what === name);
    return [
      ...compare(result, what === NAMES.host ? peer(NAMES.raw) : undefined, (jobs, cpu) => {
        const verdict = jobs.median >= TARGET ? 'met' : 'missed';
        return (
          `${store}: JobHost runs ${describeRatio(jobs)} of the jobs/s of BullMQ alone ` +
          `(target: at least ${TARGET}, ${verdict}), with ${describeRatio(cpu)} of the CPU time.`
        );
      }),
      ...compare(result, what === NAMES.limited ? peer(NAMES.host) : undefined, (jobs, cpu) => {
        return `${store}: with a limit by key ${describeRatio(jobs)} of the jobs/s without one, with ${describeRatio(cpu)} of the CPU time.`;
      }),
      ...compare(result, what === NAMES.together ? peer(NAMES.apart) : undefined, (jobs) => {
        return `${store}: one transaction has ${describeRatio(jobs)} of the jobs/s of row, then job.`;
      }),
      ...compare(result, what === NAMES.added ? peer(NAMES.addedRaw) : undefined, (jobs, cpu) => {
        return `${store}: ${describeRatio(jobs)} of the jobs/s are added that BullMQ alone adds, with ${describeRatio(cpu)} of the CPU time.`;
      }),
      ...compare(result, what === NAMES.together ? peer(NAMES.apartRaw) : undefined, (jobs) => {
        return `${store}: one transaction has ${describeRatio(jobs)} of the jobs/s of row, then job by BullMQ alone.`;
      }),
      ...compare(result, peer(CONFIRMED.get(what) ?? ''), (jobs, cpu) => {
        return `${store}: ${what}: ${describeRatio(jobs)} of the jobs/s without waiting for it, with ${describeRatio(cpu)} of the CPU time.`;
      }),
      ...compare(result, peer(HELD.get(what) ?? ''), (jobs, cpu) => {
        return `${store}: ${what}: ${describeRatio(jobs)} of the jobs/s without one, with ${describeRatio(cpu)} of the CPU time.`;
      }),
      ...WAYS.flatMap(({ does }) =>
        OBSERVATIONS.flatMap(({ name, target }) => {
          const [plain] = OBSERVATIONS;
          const isMeasured = target !== undefined && what === observed(does, name);
          return compare(
            result,
            isMeasured ? peer(observed(does, plain.name)) : undefined,
            (jobs, cpu) => {
              const verdict = jobs.median >= (target ?? 0) ? 'met' : 'missed';
              return (
                `${store}: ${what}: ${describeRatio(jobs)} of the jobs/s ${plain.name} ` +
                `(target: at least ${target ?? 0}, ${verdict}), with ${describeRatio(cpu)} of the CPU time.`
              );
            },
          );
        }),
      ),
      ...compare(result, otherCheckout(results, result), (jobs, cpu) => {
        return `${store}: ${what}: ${describeRatio(jobs)} of the jobs/s of the other checkout, with ${describeRatio(cpu)} of the CPU time.`;
      }),
    ];
  });
}

function otherCheckout(
  results: readonly Throughput[],
  { store, what }: Throughput,
): Throughput | undefined {
  return results.find((one) => one.against && one.store === store && one.what === what);
}

function compare(
  above: Throughput,
  below: Throughput | undefined,
  sentence: (jobsPerSecond: Summary, cpuPerJob: Summary) => string,
): string[] {
  if (!below) return [];
  const ratio = (figure: keyof ThroughputRun) =>
    pairedRatio(
      above.runs.map((run) => run[figure]),
      below.runs.map((run) => run[figure]),
    );
  return [sentence(ratio('jobsPerSecond'), ratio('cpuPerJob'))];
}
