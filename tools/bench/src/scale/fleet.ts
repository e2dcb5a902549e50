import { ReportingProgram } from '../measure/reporting-program';
import type { WorkerSettings } from './programs/scale-worker.main';
import { type Snapshot, sum } from './snapshot';

/** Worker processes of the same queues. */
export class Fleet {
  private constructor(private readonly workers: readonly ReportingProgram[]) {}

  /** Resolves when all of them are ready. */
  static async start(program: string, count: number, settings: WorkerSettings): Promise<Fleet> {
    const workers = Array.from({ length: count }, () => new ReportingProgram(program, settings));
    const fleet = new Fleet(workers);
    await Promise.all(workers.map((worker) => worker.ready()));
    return fleet;
  }

  async snapshot(): Promise<Snapshot> {
    // Written by the program.
    const report = async (worker: ReportingProgram) => (await worker.report()) as Snapshot;
    return sum(await Promise.all(this.workers.map(report)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()));
  }
}
