import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Experiment, ExperimentError, interruption, spawnProgram } from '@tools/experiment';
import { createPostgresBackend, withBackend } from 'bullmq';
import { interleaved } from './interleaved';
import { type ProcessUsage, processUsage } from './process-usage';

const { Queue, QueueEvents } = withBackend(createPostgresBackend);

/** A program that runs the jobs of a queue, as it is deployed. */
export interface Program {
  name: string;
  /** The folder that it is started in. */
  folder: string;
  /** Arguments of node. */
  args: readonly string[];
  databaseUrl: string;
  /** Environment variables besides DATABASE_URL. */
  env?: Readonly<Record<string, string>>;
}

/** From the start of a process to the end of its first job, and what the process has used by then. */
export interface FirstJob extends ProcessUsage {
  /** In milliseconds, until another process is notified that the job is done. */
  ms: number;
}

export interface MeasureOptions {
  /** Counted runs of each program. */
  runs: number;
  /** The queue of the job. */
  queue: string;
  /** The binary that runs the programs. */
  node?: string;
}

/** In milliseconds. */
const LIMIT = { firstJob: 60_000, stop: 15_000 };

/**
 * Measures how long programs take to complete their first job, interleaved. The job waits before the
 * process starts, so that only the program itself takes time.
 *
 * @throws ExperimentError with the output of a program that does not complete its job
 */
export async function measureFirstJobs<Item extends { program: Program }>(
  { progress, throwIfStopped }: Experiment,
  items: readonly Item[],
  { runs, queue, node = process.execPath }: MeasureOptions,
): Promise<Map<Item, FirstJob[]>> {
  progress(`Measuring ${items.length} programs, ${runs} times each …`);
  const meters = new Map<string, FirstJobMeter>();
  try {
    for (const { databaseUrl } of items.map(({ program }) => program)) {
      if (!meters.has(databaseUrl)) {
        meters.set(databaseUrl, await FirstJobMeter.open(databaseUrl, queue, node));
      }
    }
    return await interleaved(items, runs, ({ program }) => {
      throwIfStopped();
      const meter = meters.get(program.databaseUrl);
      if (!meter) throw new RangeError(`There is no meter for ${program.name}.`);
      return meter.measure(program);
    });
  } finally {
    for (const meter of meters.values()) await meter.close();
  }
}

class FirstJobMeter {
  private readonly queue: InstanceType<typeof Queue>;
  private readonly events: InstanceType<typeof QueueEvents>;

  private constructor(
    databaseUrl: string,
    queue: string,
    private readonly node: string,
  ) {
    this.queue = new Queue(queue, { connection: databaseUrl });
    // From the first event on, so that none is missed before the reader is connected.
    this.events = new QueueEvents(queue, { connection: databaseUrl, lastEventId: '0' });
  }

  static async open(databaseUrl: string, queue: string, node: string): Promise<FirstJobMeter> {
    const meter = new FirstJobMeter(databaseUrl, queue, node);
    await Promise.all([meter.queue.waitUntilReady(), meter.events.waitUntilReady()]);
    return meter;
  }

  async measure(program: Program): Promise<FirstJob> {
    const { id = '' } = await this.queue.add(this.queue.name, { id: '1' }, { attempts: 1 });
    const ending = new AbortController();
    const done = this.done(id, ending.signal);
    const started = performance.now();
    const child = this.start(program);
    const output = collect(child);
    try {
      const failure = await Promise.race([
        done,
        once(child, 'exit').then(() => 'the process exited'),
        sleep(LIMIT.firstJob, undefined, { signal: ending.signal, ref: false }).then(
          () => `the job was not done within ${LIMIT.firstJob / 1_000} s`,
        ),
      ]);
      const ms = performance.now() - started;
      interruption.throwIfAborted();
      if (failure !== undefined) {
        throw new ExperimentError(`"${program.name}" failed: ${failure}.\n${output()}`);
      }
      return { ms, ...(await processUsage(child)) };
    } finally {
      ending.abort();
      await stop(child);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.queue.close(), this.events.close()]);
  }

  /** Resolves when the job has ended, with the reason if it failed. */
  private done(id: string, signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      const completed = ({ jobId }: { jobId: string }) => {
        if (jobId === id) resolve(undefined);
      };
      const failed = ({ jobId, failedReason }: { jobId: string; failedReason: string }) => {
        if (jobId === id) resolve(failedReason);
      };
      this.events.on('completed', completed).on('failed', failed);
      signal.addEventListener('abort', () => {
        this.events.off('completed', completed).off('failed', failed);
      });
    });
  }

  private start({ folder, args, databaseUrl, env }: Program): ChildProcess {
    return spawnProgram(this.node, args, {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        NODE_ENV: 'production',
        DATABASE_URL: databaseUrl,
        ...env,
      },
    });
  }
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  return () => text;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const killing = setTimeout(() => child.kill('SIGKILL'), LIMIT.stop);
  await exit;
  clearTimeout(killing);
}
