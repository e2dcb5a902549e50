import type { ThroughputProgram } from './measure-program';

export type Store = 'Postgres' | 'Redis';

export type Settings = ThroughputProgram['settings'];

/** The compiled file of each program. */
export type ProgramFiles = Record<'add' | 'job-host' | 'raw-worker', string>;

/** Redis is faster: with as many jobs as on Postgres, a run would be too short to measure. */
const REDIS_FACTOR = 8;

/** What the programs do, as tables name it. */
export const NAMES = {
  raw: 'run by BullMQ alone',
  host: 'run by JobHost',
  limited: 'run by JobHost, limited by key',
  rawHeld: 'run by BullMQ alone, beside an open transaction',
  hostHeld: 'run by JobHost, beside an open transaction',
  added: 'added',
  addedRaw: 'added by BullMQ alone',
  apartRaw: 'row, then job by BullMQ alone',
  apart: 'row, then job',
  together: 'row and job in one transaction',
  published: 'published by the outbox',
  oneByOne: 'added one by one',
  addedConfirmed: 'added, and on a replica',
  oneByOneConfirmed: 'added one by one, and on a replica',
  publishedConfirmed: 'published by the outbox, and on a replica',
} as const;

/** Each way to add jobs, without and with waiting for a replica. */
export function confirmingPrograms(files: ProgramFiles, settings: Settings): ThroughputProgram[] {
  const many = toRun('Redis', settings);
  const ways = [
    { names: [NAMES.added, NAMES.addedConfirmed], way: 'job only', of: many },
    {
      names: [NAMES.oneByOne, NAMES.oneByOneConfirmed],
      way: 'job only',
      of: { ...settings, concurrency: 1 },
    },
    { names: [NAMES.published, NAMES.publishedConfirmed], way: 'outbox', of: many },
  ];
  return ways.flatMap(({ names, way, of }) =>
    names.map((what, replicas): ThroughputProgram => ({
      ...{ store: 'Redis', what, file: files.add, args: [way], uses: 'adds' },
      settings: { ...of, replicas },
    })),
  );
}

/** The same jobs without and with a limit: 100 keys, of each of which two may run. */
export function limitedPrograms(
  store: Store,
  { 'job-host': file }: ProgramFiles,
  settings: Settings,
): ThroughputProgram[] {
  const of = { store, file, settings: toRun(store, settings) };
  return [
    { ...of, what: NAMES.host, uses: 'runs' },
    { ...of, what: NAMES.limited, args: ['limited'], uses: 'adds' },
  ];
}

/** The same jobs without and with a transaction of another session that is as old as they are. */
export function heldPrograms(
  store: Store,
  files: ProgramFiles,
  settings: Settings,
): ThroughputProgram[] {
  return [
    { file: files['raw-worker'], whats: [NAMES.raw, NAMES.rawHeld] },
    { file: files['job-host'], whats: [NAMES.host, NAMES.hostHeld] },
  ].flatMap(({ file, whats }) =>
    whats.map((what, index): ThroughputProgram => ({
      ...{ store, what, file, settings, uses: 'runs', isHeld: index === 1 },
    })),
  );
}

/** The same by BullMQ alone. */
export function rawPrograms(
  store: Store,
  files: ProgramFiles,
  settings: Settings,
): ThroughputProgram[] {
  const file = files['raw-worker'];
  const run = toRun(store, settings);
  const programs: ThroughputProgram[] = [
    { store, what: NAMES.raw, file, settings: run, uses: 'runs' },
    { store, what: NAMES.addedRaw, file, args: ['add'], settings: run, uses: 'adds' },
  ];
  if (store === 'Redis') return programs;
  const row = ['row, then job'];
  return [...programs, { store, what: NAMES.apartRaw, file, args: row, settings, uses: 'adds' }];
}

export function programsOn(
  store: Store,
  files: ProgramFiles,
  settings: Settings,
  against = false,
): ThroughputProgram[] {
  const producer = (what: string, way: string, of = settings): ThroughputProgram => ({
    ...{ store, what, against, file: files.add, args: [way], settings: of, uses: 'adds' },
  });
  const many = toRun(store, settings);
  return [
    { store, what: NAMES.host, against, file: files['job-host'], settings: many, uses: 'runs' },
    producer(NAMES.added, 'job only', many),
    producer(NAMES.apart, 'row, then job'),
    producer(NAMES.together, 'one transaction'),
    ...(store === 'Redis' ? [producer(NAMES.published, 'outbox', many)] : []),
  ];
}

export function toRun(store: Store, settings: Settings): Settings {
  return store === 'Redis' ? { ...settings, jobs: settings.jobs * REDIS_FACTOR } : settings;
}
