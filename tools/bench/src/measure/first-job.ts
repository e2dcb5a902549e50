import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, withBackend } from 'bullmq';
import { BenchError, interruption, spawnProgram } from '@tools/experiment';
import { type ProcessUsage, processUsage } from './process-usage';
import type { Program } from './program';

const { Queue, QueueEvents } = withBackend(createPostgresBackend);

/** From starting a process until its first job is done, and what the process has used by then. */
export interface FirstJob extends ProcessUsage {
  /** Milliseconds, until another process has learnt that the job is done. */
  ms: number;
}

/** In milliseconds. */
const LIMIT = { firstJob: 60_000, stop: 15_000 };

/**
 * Measures how long programs take to their first job. The job waits before the process starts, so
 * nothing but the program itself takes time.
 */
export class FirstJobMeter {
  private readonly queue: InstanceType<typeof Queue>;
  private readonly events: InstanceType<typeof QueueEvents>;

  private constructor(
    private readonly databaseUrl: string,
    queue: string,
    private readonly node: string,
  ) {
    this.queue = new Queue(queue, { connection: databaseUrl });
    // From the first event on: none that happens before the reader is connected is missed.
    this.events = new QueueEvents(queue, { connection: databaseUrl, lastEventId: '0' });
  }

  /** `node`: the binary that runs the programs. */
  static async open(
    databaseUrl: string,
    queue: string,
    node = process.execPath,
  ): Promise<FirstJobMeter> {
    const meter = new FirstJobMeter(databaseUrl, queue, node);
    await Promise.all([meter.queue.waitUntilReady(), meter.events.waitUntilReady()]);
    return meter;
  }

  /** @throws BenchError with what the program printed, if it does not get its first job done */
  async measure(program: Program): Promise<FirstJob> {
    const { id = '' } = await this.queue.add(this.queue.name, { id: '1' }, { attempts: 1 });
    const ending = new AbortController();
    const done = this.done(id, ending.signal);
    const started = performance.now();
    const child = this.start(program);
    const output = collect(child);
    try {
      const outcome = await Promise.race([
        done,
        once(child, 'exit').then(() => 'the process ended'),
        sleep(LIMIT.firstJob, undefined, { signal: ending.signal, ref: false }).then(
          () => `no job was done within ${LIMIT.firstJob / 1_000} s`,
        ),
      ]);
      const ms = performance.now() - started;
      interruption.throwIfAborted();
      if (outcome !== undefined) {
        throw new BenchError(`"${program.name}" did not do its job: ${outcome}.\n${output()}`);
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

  /** Resolves to the reason of its failure, or to nothing once the job is done. */
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

  private start({ folder, args, env }: Program): ChildProcess {
    return spawnProgram(this.node, args, {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        NODE_ENV: 'production',
        DATABASE_URL: this.databaseUrl,
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
