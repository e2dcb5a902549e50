import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import { migrateOutbox, migrateQueueStore } from '@libs/queue';
import {
  compilePrograms,
  type Experiment,
  type PrivateServers,
  startPrivateServers,
  WORKSPACE_ROOT,
} from '@tools/experiment';
import { WorkspaceCopy } from '../workspace/workspace-copy';
import type { ThroughputProgram } from './measure-program';
import { installPeers, PEERS } from './peers/install-peers';
import { prepareObserved } from './observed-programs';
import type { PreparedPrograms } from './prepared-programs';
import {
  confirmingPrograms,
  heldPrograms,
  limitedPrograms,
  type ProgramFiles,
  programsOn,
  rawPrograms,
  type Settings,
  type Store,
  toRun,
} from './program-catalog';
import { startReplica } from './start-replica';

export interface PrepareOptions {
  /** The binary that runs the programs. */
  node: string;
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

const PROGRAMS = 'tools/bench/src/throughput/programs';

const WITHOUT_REMARKS = { notes: [], conclude: () => [], close: () => Promise.resolve() };

/** Starts the servers, and compiles and installs the programs that are measured on them. */
export async function preparePrograms(
  experiment: Experiment,
  options: PrepareOptions,
): Promise<PreparedPrograms> {
  const { scratch, progress } = experiment;
  progress('Starting servers, compiling the programs …');
  const servers = await startPrivateServers(
    scratch,
    options.stores.includes('Redis') ? { redis: 'everysec' } : {},
  );
  try {
    await migrateQueueStore(servers.postgres.url);
    if (servers.redis) await migrateOutbox(servers.postgres.url);
    const prepared = await preparedOn(servers, experiment, options);
    return {
      ...prepared,
      // A peer may have a Node of its own.
      programs: prepared.programs.map((program) => ({ node: options.node, ...program })),
      close: async () => {
        await prepared.close();
        await servers.close();
      },
    };
  } catch (error) {
    await servers.close();
    throw error;
  }
}

async function preparedOn(
  servers: PrivateServers,
  experiment: Experiment,
  options: PrepareOptions,
): Promise<PreparedPrograms> {
  const { scratch } = experiment;
  const { stores, jobs, concurrency } = options;
  const databaseUrl = servers.postgres.url;
  const settingsOn = (store: Store): Settings => {
    const queueUrl = store === 'Redis' ? (servers.redis?.url ?? '') : databaseUrl;
    return { jobs, concurrency, databaseUrl, queueUrl };
  };
  if (options.observed) {
    const each = stores.map((store) => ({ store, settings: toRun(store, settingsOn(store)) }));
    return prepareObserved(join(scratch, 'observed'), each);
  }
  const here = await compile(join(scratch, 'programs'), WORKSPACE_ROOT);
  if (options.replica && servers.redis) {
    const replica = await startReplica(experiment, servers.redis);
    const programs = confirmingPrograms(here, settingsOn('Redis'));
    return { ...WITHOUT_REMARKS, programs, close: () => replica.close() };
  }
  const { against } = options;
  const there = against && (await compileAgainst(scratch, against));
  const programs = stores.flatMap((store) => {
    const settings = settingsOn(store);
    if (options.held) return heldPrograms(store, here, settings);
    if (options.limits) return limitedPrograms(store, here, settings);
    const own = programsOn(store, here, settings);
    const others = there ? programsOn(store, there, settings, true) : [];
    // Measured side by side.
    const pairs = own.flatMap((program, index) => [program, ...others.slice(index, index + 1)]);
    return [...rawPrograms(store, here, settings), ...pairs];
  });
  const notes = there ? [`here: ${WORKSPACE_ROOT}; against: ${against}`] : [];
  if (options.peers && stores.includes('Postgres')) {
    const { added, note } = await preparePeers(experiment, settingsOn('Postgres'), options.node);
    programs.push(...added);
    notes.push(...note);
  }
  return { ...WITHOUT_REMARKS, programs, notes };
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

/** Other job queues on the same Postgres, for scale. Without the npm registry they are left out. */
async function preparePeers(
  { scratch, progress, throwIfStopped }: Experiment,
  settings: Settings,
  wanted: string,
): Promise<{ added: ThroughputProgram[]; note: string[] }> {
  progress('Installing graphile-worker and pg-boss …');
  try {
    const { node, compile } = await installPeers(join(scratch, 'peers'), wanted);
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
