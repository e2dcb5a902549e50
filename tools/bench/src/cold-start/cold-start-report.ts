import { markdownTable, megabytes, whole } from '@tools/experiment';
import type { FirstJob } from '../measure/first-job';
import type { Program } from '../measure/program';
import { type Summary, summarize } from '../measure/statistics';
import type { DeployedSize } from '../workspace/deployment';
import type { Role } from './contenders';

/** A measured program. Times in milliseconds, memory and sizes in bytes. */
export interface ColdStart {
  /** Which row of the comparison it is, if it is one of a comparison. */
  role?: Role;
  name: string;
  firstJob: Summary;
  rss: Summary;
  /** Processor time, where the system tells it. */
  cpu?: Summary;
  size: DeployedSize;
  runs: readonly FirstJob[];
}

/** Something that was aimed at, and what came of it. */
export interface Aim {
  met: boolean;
  text: string;
}

export function summarizeRuns(
  { role, program, size }: { role?: Role; program: Program; size: DeployedSize },
  runs: readonly FirstJob[],
): ColdStart {
  const cpu = runs.flatMap((run) => run.cpu ?? []);
  return {
    role,
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
        title: 'processor time, ms',
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

/** Compares like with like where it can: the same processors, loaded or not. */
export function aims(programs: readonly ColdStart[]): Aim[] {
  const of = (role: Role): ColdStart => {
    const found = programs.find((program) => program.role === role);
    if (!found) throw new RangeError(`There are no figures of "${role}".`);
    return found;
  };
  const time = (role: Role): number => of(role).firstJob.median;
  const bytes = (role: Role): number => of(role).size.bytes;

  const half = time('worker-one') / time('compiled-all');
  const above = time('worker-one') - time('limit');
  const weight = bytes('compiled-one') / bytes('worker-one');
  return [
    aim(
      half <= 0.5,
      `one selected processor starts in ${percent(half)} of the time of all of them compiled file by file ` +
        `(which loads all, whatever a process runs); aim: at most 50 %. ` +
        `With the same one loaded it is ${percent(time('worker-one') / time('compiled-one'))}, ` +
        `with all 4 on both sides ${percent(time('worker-all') / time('compiled-all'))}.`,
    ),
    aim(
      above <= 150,
      `it starts ${whole(above)} ms after BullMQ alone would have; aim: at most 150 ms.`,
    ),
    aim(
      weight >= 20,
      `without a native package, 1/${weight.toFixed(1)} of the bytes to deploy; aim: at most 1/20 (source maps apart).`,
    ),
  ];
}

function aim(met: boolean, text: string): Aim {
  return { met, text: `${met ? 'met' : 'missed'}: ${text}` };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
