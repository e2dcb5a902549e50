import { createPostgresBackend, Queue, withBackend } from 'bullmq';
import { WORKSPACE_ROOT } from '../cli/benchmark';
import { BenchError } from '../bench.error';
import { runCommand } from '../measure/command';
import { DATA, isRedis, programEnvironment, type ProgramSettings } from './programs/program';

/** A program of this bench, compiled. */
export interface ThroughputProgram {
  name: string;
  file: string;
  args?: readonly string[];
  settings: Omit<ProgramSettings, 'queue'>;
  /** Whether its jobs have to be there before it starts. */
  needsJobs: boolean;
}

let measured = 0;

/** Runs a program once, on a queue of its own that is deleted afterwards. @returns jobs per second */
export async function jobsPerSecond(program: ThroughputProgram): Promise<number> {
  measured += 1;
  const settings: ProgramSettings = { ...program.settings, queue: `measured-${measured}` };
  const queue = openQueue(settings);
  try {
    if (program.needsJobs) await fill(queue, settings);
    const { output } = await runCommand([process.execPath, program.file, ...(program.args ?? [])], {
      cwd: WORKSPACE_ROOT,
      env: { NODE_ENV: 'production', ...programEnvironment(settings) },
    });
    const line = output.split('\n').find((text) => text.startsWith('{"ms"'));
    if (line === undefined) {
      throw new BenchError(`"${program.name}" has not told its time. It said:\n${output}`);
    }
    // Written by the program.
    const { ms } = JSON.parse(line) as { ms: number };
    return settings.jobs / (ms / 1_000);
  } finally {
    await queue.obliterate({ force: true });
    await queue.close();
  }
}

function openQueue(settings: ProgramSettings): Queue {
  if (isRedis(settings))
    return new Queue(settings.queue, { connection: { url: settings.queueUrl } });
  const PostgresQueue = withBackend(createPostgresBackend).Queue;
  return new PostgresQueue(settings.queue, { connection: settings.queueUrl }) as unknown as Queue;
}

/** Jobs per round trip. */
const BULK = 1_000;

async function fill(queue: Queue, { jobs }: ProgramSettings): Promise<void> {
  const entry = { name: queue.name, data: DATA };
  for (let added = 0; added < jobs; added += BULK) {
    await queue.addBulk(Array.from({ length: Math.min(BULK, jobs - added) }, () => entry));
  }
}
