import { createPostgresBackend, Queue, withBackend } from 'bullmq';
import { PLANNED_DEATH } from '../programs/chaos.job';
import type { StoreKind } from '../faults/schedule';

/** The controller's own view of the queue: BullMQ alone, past the network that is interrupted. */
export class QueueWatch {
  private constructor(private readonly queue: Queue) {
    queue.on('error', () => undefined);
  }

  static open(kind: StoreKind, url: string, name: string): QueueWatch {
    if (kind === 'redis') return new QueueWatch(new Queue(name, { connection: { url } }));
    const PostgresQueue = withBackend(createPostgresBackend).Queue;
    return new QueueWatch(new PostgresQueue(name, { connection: url }) as unknown as Queue);
  }

  /** How many jobs have not ended, or have died as planned and are not redriven yet. */
  async pending(): Promise<number> {
    const counts = await this.queue.getJobCounts(
      'waiting',
      'active',
      'delayed',
      'prioritized',
      'waiting-children',
    );
    const toRedrive = (await this.failed()).filter(({ reason }) => reason === PLANNED_DEATH);
    return Object.values(counts).reduce((sum, count) => sum + count, toRedrive.length);
  }

  /** The jobs that failed permanently and were not redriven. */
  async failed(): Promise<{ id: string; reason: string }[]> {
    const jobs = await this.queue.getFailed(0, -1);
    return jobs.map(({ data, failedReason }) => ({
      // Every job of this queue has the data of `chaosJob`.
      id: (data as { id: string }).id,
      reason: failedReason,
    }));
  }

  async close(): Promise<void> {
    await this.queue.close();
  }
}
