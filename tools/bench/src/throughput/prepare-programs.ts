import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import { migrateOutbox, migrateQueueStore } from '@libs/queue';
import {
  compilePrograms,
  type Experiment,
  startPrivateServers,
  WORKSPACE_ROOT,
} from '@tools/experiment';
import { WorkspaceCopy } from '../workspace/workspace-copy';
import type { ThroughputProgram } from './measure-program';
import { installPeers, PEERS } from './peers/install-peers';
import { prepareObserved } from './observed-programs';
import type { PreparedPrograms } from './prepared-programs';
import { startReplica } from './start-replica';

export type Store = 'Postgres' | 'Redis';

export interface PrepareOptions {
  stores: readonly Store[];
  /** The folder of the other checkout; empty for none. */
  against: string;
  peers: boolean;
  /** Whether Redis has a replica, and only what waiting for it costs is measured. */
  replica: boolean;
  /** Whether only what limits by key cost is measured. */
  limits: boolean;
  /** Whether only what metrics and traces cost is measured. */
  observed: boolean;
  /** Whether only what a transaction that stays open costs is measured. */
  held: boolean;
  /** Jobs of a run on Postgres. */
  jobs: number;
  concurrency: number;
}

type Settings = ThroughputProgram['settings'];

/** The compiled file of each program. */
type ProgramFiles = Record<'add' | 'job-host' | 'raw-worker', string>;

const PROGRAMS = 'tools/bench/src/throughput/programs';

/** Redis is faster: with as many jobs as on Postgres, a run would be too short to measure. */
const REDIS_FACTOR = 8;

const NOTHING = () => [];

/** Starts the servers, and compiles and installs the programs that are measured on them. */
export async function preparePrograms(
  experiment: Experiment,
  { stores, against, peers, replica, limits, observed, held, ...work }: PrepareOptions,
): Promise<PreparedPrograms> {
  const { scratch, progress } = experiment;
  progress('Starting servers, compiling the programs …');
  const servers = await startPrivateServers(
    scratch,
    stores.includes('Redis') ? { redis: 'everysec' } : {},
  );
  try {
    const databaseUrl = servers.postgres.url;
    await migrateQueueStore(databaseUrl);
    if (servers.redis) await migrateOutbox(databaseUrl);
    const here = await compile(join(scratch, 'programs'), WORKSPACE_ROOT);
    if (replica && servers.redis) {
      const follower = await startReplica(experiment, servers.redis);
      const settings = { ...work, databaseUrl, queueUrl: servers.redis.url };
      const close = async () => {
        await follower.close();
        await servers.close();
      };
      return { programs: confirmingPrograms(here, settings), notes: [], conclude: NOTHING, close };
    }
    if (observed) {
      const settings = { ...work, databaseUrl };
      const each = stores.map((store) => ({
        store,
        settings: toRun(store, {
          ...settings,
          queueUrl: store === 'Redis' ? (servers.redis?.url ?? '') : databaseUrl,
        }),
      }));
      const prepared = await prepareObserved(join(scratch, 'observed'), each);
      return {
        ...prepared,
        close: async () => {
          await prepared.close();
          await servers.close();
        },
      };
    }
    const there = against && (await compileAgainst(scratch, against));
    const programs = stores.flatMap((store) => {
      const queueUrl = store === 'Redis' ? (servers.redis?.url ?? '') : databaseUrl;
      const settings = { ...work, databaseUrl, queueUrl };
      if (held) return heldPrograms(store, here, settings);
      if (limits) return limitedPrograms(store, here, settings);
      const own = programsOn(store, here, settings);
      const others = there ? programsOn(store, there, settings, true) : [];
      // Measured side by side.
      const pairs = own.flatMap((program, index) => [program, ...others.slice(index, index + 1)]);
      return [...rawPrograms(store, here, settings), ...pairs];
    });
    const notes = there ? [`here: ${WORKSPACE_ROOT}; against: ${against}`] : [];
    if (peers && stores.includes('Postgres')) {
      const settings = { ...work, databaseUrl, queueUrl: databaseUrl };
      const { added, note } = await preparePeers(experiment, settings);
      programs.push(...added);
      notes.push(...note);
    }
    return { programs, notes, conclude: NOTHING, close: () => servers.close() };
  } catch (error) {
    await servers.close();
    throw error;
  }
}

function compile(folder: string, root: string): Promise<ProgramFiles> {
  const entry = (name: string) => `${PROGRAMS}/${name}.main.ts`;
  const entries = {
    'job-host': entry('job-host'),
    'raw-worker': entry('raw-worker'),
    add: entry('add'),
  };
  return compilePrograms(folder, entries, root);
}

/** The programs of this checkout, with the libraries and packages of the other one. */
async function compileAgainst(scratch: string, against: string): Promise<ProgramFiles> {
  const copy = await WorkspaceCopy.create(join(scratch, 'against'), against);
  const own = await readdir(join(WORKSPACE_ROOT, PROGRAMS));
  await copy.take(
    WORKSPACE_ROOT,
    own.map((name) => `${PROGRAMS}/${name}`),
  );
  return compile(join(scratch, 'programs-against'), copy.root);
}

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
function confirmingPrograms(files: ProgramFiles, settings: Settings): ThroughputProgram[] {
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
function limitedPrograms(
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
function heldPrograms(store: Store, files: ProgramFiles, settings: Settings): ThroughputProgram[] {
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
function rawPrograms(store: Store, files: ProgramFiles, settings: Settings): ThroughputProgram[] {
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

function programsOn(
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

function toRun(store: Store, settings: Settings): Settings {
  return store === 'Redis' ? { ...settings, jobs: settings.jobs * REDIS_FACTOR } : settings;
}

/** Other job queues on the same Postgres, for scale. Without the npm registry they are left out. */
async function preparePeers(
  { scratch, progress, throwIfStopped }: Experiment,
  settings: Settings,
): Promise<{ added: ThroughputProgram[]; note: string[] }> {
  progress('Installing graphile-worker and pg-boss …');
  try {
    const { node, compile } = await installPeers(join(scratch, 'peers'));
    const added: ThroughputProgram[] = [];
    for (const name of Object.keys(PEERS)) {
      const file = await compile(`tools/bench/src/throughput/peers/${name}.main.ts`);
      const peer = { store: 'Postgres', node, file, settings, uses: 'none' } as const;
      added.push(
        { ...peer, what: `run by ${name}`, args: ['run'] },
        { ...peer, what: `run by ${name} at its best`, args: ['run', 'best'] },
        { ...peer, what: `added to ${name}`, args: ['add'] },
      );
    }
    return { added, note: [] };
  } catch (error) {
    throwIfStopped();
    const reason = error instanceof Error ? error.message : String(error);
    return { added: [], note: [`graphile-worker and pg-boss are left out: ${reason}`] };
  }
}
