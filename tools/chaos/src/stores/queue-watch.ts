import { createPostgresBackend, Queue, withBackend } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import type { StoreKind } from '../faults/schedule';
import { chaosJob, PLANNED_DEATH } from '../programs/chaos.job';
import { flowJob, partJob } from '../programs/flow.job';
import { slotJob } from '../programs/slot.job';

/** What keeps the keys of all queues on one node of a cluster, as flows need it. */
export const CLUSTER_PREFIX = '{chaos}';

/** What the failure of a cancelled job begins with. */
const CANCELLED = 'JOB_CANCELLED';

const STATES = ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children'] as const;

interface FailedJob {
  readonly id: string;
  readonly reason: string;
}

/** The controller's own view of the queues: BullMQ alone, past the network that is interrupted. */
export class QueuesWatch {
  private constructor(
    private readonly queues: readonly Queue[],
    private readonly client?: Redis | Cluster,
  ) {
    for (const queue of queues) queue.on('error', () => undefined);
    client?.on('error', () => undefined);
  }

  static open(kind: StoreKind, url: string): QueuesWatch {
    const names = [chaosJob, slotJob, partJob, flowJob].map(({ name }) => name);
    if (kind === 'redis') {
      return new QueuesWatch(names.map((name) => new Queue(name, { connection: { url } })));
    }
    if (kind === 'cluster') {
      const connection = new Cluster(hostsOf(url));
      const options = { connection, prefix: CLUSTER_PREFIX };
      return new QueuesWatch(
        names.map((name) => new Queue(name, options)),
        connection,
      );
    }
    if (kind === 'sentinel') {
      const connection = new Redis({ sentinels: hostsOf(url), name: nameOf(url) });
      return new QueuesWatch(
        names.map((name) => new Queue(name, { connection })),
        connection,
      );
    }
    const PostgresQueue = withBackend(createPostgresBackend).Queue;
    return new QueuesWatch(
      names.map((name) => new PostgresQueue(name, { connection: url }) as unknown as Queue),
    );
  }

  /** The jobs that have not ended, and those that have died as planned and are not redriven yet. */
  async pending(): Promise<{ what: string; count: number }[]> {
    const open = await Promise.all(
      this.queues.map(async (queue) => {
        const counts = await queue.getJobCounts(...STATES);
        return Object.entries(counts).map(([state, count]) => ({
          what: `of the queue ${queue.name} that are ${state}`,
          count,
        }));
      }),
    );
    const { dead } = await this.failed();
    const count = dead.filter(({ reason }) => reason === PLANNED_DEATH).length;
    const forgotten = await this.forgottenParents();
    return [
      ...open.flat(),
      { what: 'that have died as planned, and are not redriven', count },
      { what: 'that have failed with a child, and are not redriven', count: forgotten },
    ].filter(({ count: left }) => left > 0);
  }

  /** The jobs that failed permanently and were not redriven, and those that were cancelled. */
  async failed(): Promise<{ dead: FailedJob[]; cancelled: string[] }> {
    const all = (await Promise.all(this.queues.map(failedOf))).flat();
    return {
      dead: all.filter(({ reason }) => !reason.startsWith(CANCELLED)),
      cancelled: all.filter(({ reason }) => reason.startsWith(CANCELLED)).map(({ id }) => id),
    };
  }

  /** Parents whose needed children are not cancelled can be redriven. */
  private async forgottenParents(): Promise<number> {
    const { cancelled } = await this.failed();
    const flows = this.queues.filter(({ name }) => name === flowJob.name);
    const dead = (await Promise.all(flows.map(failedOf))).flat();
    return dead.filter(
      ({ id, reason }) =>
        !reason.startsWith(CANCELLED) &&
        !cancelled.some((each) => each.startsWith(`${id}.needed.`)),
    ).length;
  }

  async close(): Promise<void> {
    await Promise.all(this.queues.map((queue) => queue.close()));
    this.client?.disconnect();
  }
}

async function failedOf(queue: Queue): Promise<FailedJob[]> {
  const jobs = await queue.getFailed(0, -1);
  return jobs.flatMap(({ data, failedReason }) =>
    // Without a reason it was redriven after its id had been read.
    (failedReason as string | undefined) === undefined
      ? []
      : // Every job of these queues has an id in its data.
        [{ id: (data as { id: string }).id, reason: failedReason }],
  );
}

/** Of `redis://a:1,b:2` or `redis+sentinel://a:1,b:2/name`. */
function hostsOf(url: string): { host: string; port: number }[] {
  const [, hosts = ''] = /^[^/]+:\/\/([^/?]+)/.exec(url) ?? [];
  return hosts.split(',').map((node) => {
    const [host = '', port] = node.split(':');
    return { host, port: Number(port) };
  });
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
