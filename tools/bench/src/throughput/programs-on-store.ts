import type { ThroughputProgram } from './measure-program';
import type { Peer } from './peers/install-peers';

/** The programs of this bench that are about this workspace, compiled: the file of each. */
export type ProgramFiles = Record<'add' | 'job-host' | 'raw-worker', string>;

/** The names of what is compared, on each store. */
export const NAMES = {
  raw: 'run by BullMQ alone',
  host: 'run by JobHost',
  added: 'added',
  apart: 'row, then job',
  together: 'row and job in one transaction',
} as const;

/** What is measured on Postgres and on Redis alike. */
export function programsOn(
  store: string,
  files: ProgramFiles,
  settings: ThroughputProgram['settings'],
): ThroughputProgram[] {
  const worker = (name: string, file: string): ThroughputProgram => ({
    name: `${store}: ${name}`,
    file,
    settings,
    uses: 'runs',
  });
  const producer = (name: string, way: string): ThroughputProgram => ({
    name: `${store}: ${name}`,
    file: files.add,
    args: [way],
    settings,
    uses: 'adds',
  });
  return [
    worker(NAMES.raw, files['raw-worker']),
    worker(NAMES.host, files['job-host']),
    producer(NAMES.added, 'job only'),
    producer(NAMES.apart, 'row, then job'),
    producer(NAMES.together, 'one transaction'),
  ];
}

/** How fast the outbox is emptied, after a commit of all jobs at once. */
export function outboxProgram(
  files: ProgramFiles,
  settings: ThroughputProgram['settings'],
): ThroughputProgram {
  const name = 'Redis: published by the outbox';
  return { name, file: files.add, args: ['outbox'], settings, uses: 'adds' };
}

/** Other job queues on the same Postgres, for scale. */
export function peerPrograms(
  files: Record<Peer, string>,
  settings: ThroughputProgram['settings'],
): ThroughputProgram[] {
  return Object.entries(files).flatMap(([name, file]) => [
    { name: `Postgres: run by ${name}`, file, args: ['run'], settings, uses: 'none' as const },
    { name: `Postgres: added to ${name}`, file, args: ['add'], settings, uses: 'none' as const },
  ]);
}
