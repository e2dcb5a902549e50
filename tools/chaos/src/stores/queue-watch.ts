import { createPostgresBackend, Queue, withBackend } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import { chaosJob, PLANNED_DEATH } from '../programs/chaos.job';
import type { StoreKind } from '../faults/schedule';

/** What keeps the keys of the queue on one node of a cluster. */
export const QUEUE_PREFIX = `{bull:${chaosJob.name}}`;

/** The controller's own view of the queue: BullMQ alone, past the network that is interrupted. */
export class QueueWatch {
  private constructor(
    private readonly queue: Queue,
    private readonly client?: Redis | Cluster,
  ) {
    queue.on('error', () => undefined);
    client?.on('error', () => undefined);
  }

  static open(kind: StoreKind, url: string): QueueWatch {
    const { name } = chaosJob;
    if (kind === 'redis') return new QueueWatch(new Queue(name, { connection: { url } }));
    if (kind === 'cluster') {
      const connection = new Cluster(hostsOf(url));
      return new QueueWatch(new Queue(name, { connection, prefix: QUEUE_PREFIX }), connection);
    }
    if (kind === 'sentinel') {
      const connection = new Redis({ sentinels: hostsOf(url), name: nameOf(url) });
      return new QueueWatch(new Queue(name, { connection }), connection);
    }
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
    this.client?.disconnect();
  }
}

/** Of `redis://a:1,b:2` or `redis+sentinel://a:1,b:2/name`. */
function hostsOf(url: string): { host: string; port: number }[] {
  const [, hosts = ''] = /^[^/]+:\/\/([^/]+)/.exec(url) ?? [];
  return hosts.split(',').map((node) => {
    const [host = '', port] = node.split(':');
    return { host, port: Number(port) };
  });
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
