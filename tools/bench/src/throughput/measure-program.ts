import pg from 'pg';
import { ExperimentError, runCommand, WORKSPACE_ROOT } from '@tools/experiment';
import { fillQueue, openQueue } from '../measure/queues';
import {
  DATA,
  programEnvironment,
  type ProgramSettings,
  type ProgramTimes,
} from './programs/program';

/** A compiled program of this benchmark. */
export interface ThroughputProgram {
  store: 'Postgres' | 'Redis';
  /** What it does, as tables name it. */
  what: string;
  /** Whether it has the libraries of the other checkout. */
  against?: boolean;
  /** The binary that runs it. @default that of this process */
  node?: string;
  file: string;
  args?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  settings: Omit<ProgramSettings, 'queue'>;
  /** What it does to a queue of BullMQ; `none`: it has no such queue. */
  uses: 'runs' | 'adds' | 'none';
  /** Whether a transaction of another session stays open meanwhile. @default false */
  isHeld?: boolean;
  /** The name of its queue. @default a new one for each run */
  queue?: string;
}

/** The result of one run. */
export interface ThroughputRun {
  jobsPerSecond: number;
  /** CPU time of the program's process per job, in microseconds. Other work on the machine hardly affects it. */
  cpuPerJob: number;
}

let measured = 0;

/** Runs a program once, on a new queue that is deleted afterwards. */
export async function measureProgram(program: ThroughputProgram): Promise<ThroughputRun> {
  measured += 1;
  const settings: ProgramSettings = {
    ...program.settings,
    queue: program.queue ?? `measured-${measured}`,
  };
  if (program.uses === 'none') return runProgram(program, settings);
  const queue = openQueue(settings.queue, settings.queueUrl);
  const release = program.isHeld ? await holdTransaction(settings.databaseUrl) : undefined;
  try {
    if (program.uses === 'runs') await fillQueue(queue, settings.jobs, DATA);
    return await runProgram(program, settings);
  } finally {
    await release?.();
    await queue.obliterate({ force: true });
    await queue.close();
  }
}

/** @returns what ends it */
async function holdTransaction(databaseUrl: string): Promise<() => Promise<void>> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  // The first statement takes the snapshot.
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
  return () => client.end();
}

async function runProgram(
  { store, what, node = process.execPath, file, args = [], environment }: ThroughputProgram,
  settings: ProgramSettings,
): Promise<ThroughputRun> {
  const { output } = await runCommand([node, file, ...args], {
    cwd: WORKSPACE_ROOT,
    env: { NODE_ENV: 'production', ...environment, ...programEnvironment(settings) },
  });
  const line = output.split('\n').find((text) => text.startsWith('{"times"'));
  if (line === undefined) {
    throw new ExperimentError(`"${store}: ${what}" reported no time. Its output:\n${output}`);
  }
  // Written by the program.
  const { times } = JSON.parse(line) as { times: ProgramTimes };
  return {
    jobsPerSecond: times.jobs / (times.ms / 1_000),
    cpuPerJob: (times.cpu * 1_000) / times.jobs,
  };
}
