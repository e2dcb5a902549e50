import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { ExperimentError, spawnProgram, WORKSPACE_ROOT } from '@tools/experiment';
import type { WorkerSettings } from './programs/scale-worker.main';
import { type Snapshot, sum } from './snapshot';

/** Worker processes of the same queues. */
export class Fleet {
  private constructor(private readonly workers: readonly Worker[]) {}

  /** Resolves when all of them are ready. */
  static async start(program: string, count: number, settings: WorkerSettings): Promise<Fleet> {
    const workers = Array.from({ length: count }, () => new Worker(program, settings));
    const fleet = new Fleet(workers);
    await Promise.all(workers.map((worker) => worker.nextLine()));
    return fleet;
  }

  async snapshot(): Promise<Snapshot> {
    const snapshots = await Promise.all(
      this.workers.map(async (worker) => {
        const line = worker.nextLine();
        worker.child.kill('SIGUSR2');
        // Written by the program.
        return JSON.parse(await line) as Snapshot;
      }),
    );
    return sum(snapshots);
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.workers.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }),
    );
  }
}

class Worker {
  readonly child;
  private readonly lines: AsyncIterator<string>;

  constructor(program: string, settings: WorkerSettings) {
    this.child = spawnProgram(process.execPath, [program, JSON.stringify(settings)], {
      cwd: WORKSPACE_ROOT,
      env: { ...process.env, NODE_ENV: 'production' },
    });
    // Not by `pipe`: so many of them are more listeners than Node takes for sound.
    this.child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    this.lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  }

  async nextLine(): Promise<string> {
    const line: IteratorResult<string, unknown> = await this.lines.next();
    if (line.done) throw new ExperimentError('A worker has ended before it was stopped.');
    return line.value;
  }
}
