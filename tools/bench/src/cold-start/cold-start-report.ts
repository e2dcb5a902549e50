import { markdownTable, megabytes, whole } from '@tools/experiment';
import type { FirstJob } from '../measure/first-job';
import { describeRatio, pairedRatio, type Summary, summarize } from '../measure/statistics';
import type { DeployedSize } from '../workspace/deployment';
import type { Contender, Role } from './contenders';

/** A measured program. Times in milliseconds, memory and sizes in bytes. */
export interface ColdStart {
  role?: Role;
  against: boolean;
  name: string;
  firstJob: Summary;
  rss: Summary;
  /** CPU time, if the system reports it. */
  cpu?: Summary;
  size: DeployedSize;
  runs: readonly FirstJob[];
}

/** A target, and whether the measurements meet it. */
export interface Target {
  met: boolean;
  text: string;
}

export function summarizeRuns(
  { role, against = false, program, size }: Contender,
  runs: readonly FirstJob[],
): ColdStart {
  const cpu = runs.flatMap((run) => run.cpu ?? []);
  return {
    role,
    against,
    name: program.name,
    firstJob: summarize(runs.map(({ ms }) => ms)),
    rss: summarize(runs.map(({ rss }) => rss)),
    ...(cpu.length > 0 ? { cpu: summarize(cpu) } : {}),
    size,
    runs,
  };
}

export function coldStartTable(programs: readonly ColdStart[]): string {
  return markdownTable<ColdStart>(
    [
      { title: 'program', align: 'left', value: ({ name }) => name },
      {
        title: 'first job done, ms',
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
      { title: 'to deploy, MB', align: 'right', value: ({ size }) => megabytes(size.bytes) },
      {
        title: 'source maps, MB',
        align: 'right',
        value: ({ size }) => (size.maps === 0 ? '' : megabytes(size.maps)),
      },
    ],
    programs,
  );
}

/** The targets of the default comparison; none for another one. Like is compared with like: the same processors loaded. */
export function targets(programs: readonly ColdStart[]): Target[] {
  const of = (role: Role) => programs.find((program) => program.role === role);
  const [limit, one, all] = [of('limit'), of('worker-one'), of('worker-all')];
  const [compiledOne, compiledAll] = [of('compiled-one'), of('compiled-all')];
  if (!limit || !one || !all || !compiledOne || !compiledAll) return [];

  const share = (a: ColdStart, b: ColdStart) => a.firstJob.median / b.firstJob.median;
  const half = share(one, compiledAll);
  const above = one.firstJob.median - limit.firstJob.median;
  const weight = compiledOne.size.bytes / one.size.bytes;
  return [
    target(
      half <= 0.5,
      `one selected processor starts in ${percent(half)} of the time of 4 compiled file by file; target: at most 50 %. With the same one loaded, it is ` +
        `${percent(share(one, compiledOne))}; with 4 on both sides, ${percent(share(all, compiledAll))}.`,
    ),
    target(
      above <= 150,
      `it starts ${whole(above)} ms after BullMQ alone; target: at most 150 ms.`,
    ),
    target(
      weight >= 20,
      `without a native package, 1/${weight.toFixed(1)} of the bytes to deploy; target: at most 1/20 (without source maps).`,
    ),
  ];
}

/** This checkout as a multiple of the other one, a line for each row that both have. */
export function comparisons(programs: readonly ColdStart[]): string[] {
  return programs.flatMap((here) => {
    const there = programs.find(({ role, against }) => against && role === here.role);
    if (here.against || here.role === undefined || !there) return [];
    const ratio = (value: (run: FirstJob) => number) =>
      describeRatio(pairedRatio(here.runs.map(value), there.runs.map(value)));
    const cpu = here.cpu && there.cpu ? `, ${ratio((run) => run.cpu ?? 0)} of the CPU time` : '';
    return [
      `${here.name}: ${ratio(({ ms }) => ms)} of the time of the other checkout${cpu}, ` +
        `${ratio(({ rss }) => rss)} of the memory; ${here.size.bytes.toLocaleString('en-US')} bytes to deploy, ` +
        `the other checkout ${there.size.bytes.toLocaleString('en-US')}.`,
    ];
  });
}

function target(met: boolean, text: string): Target {
  return { met, text: `${met ? 'met' : 'missed'}: ${text}` };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
