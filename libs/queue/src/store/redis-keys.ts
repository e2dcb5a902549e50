import { isRefused } from '../connection/redis/connection-error';
import type { RedisClient } from '../connection/redis/redis-client';
import type { RedisTarget } from '../connection/redis/redis-target';
import { probeWrites } from '../connection/redis/write-probe';

/** BullMQ's default, so that its other tools find the queues. */
const DEFAULT_PREFIX = 'bull';

/** What the keys of the queues of a process begin with. */
export class RedisKeys {
  /** Of the queues that are open: one queue for each prefix. */
  private readonly opened = new Map<string, string>();

  constructor(private readonly target: Pick<RedisTarget, 'kind' | 'prefix'>) {}

  /**
   * On a cluster, braces keep the keys of a queue on one node. Each queue has braces of its own, so that
   * queues are spread over the nodes.
   */
  prefixOf(queue: string): string {
    const { prefix, kind } = this.target;
    return prefix ?? (kind === 'cluster' ? `{${DEFAULT_PREFIX}:${queue}}` : DEFAULT_PREFIX);
  }

  /** @returns the prefix of a queue that this process opens */
  open(queue: string): string {
    const prefix = this.prefixOf(queue);
    this.opened.set(prefix, `${prefix}:${queue}`);
    return prefix;
  }

  /**
   * Writes to each node that holds a queue of this process, with a key that no job has. It is one of a queue, because
   * the account may have no other.
   *
   * @throws what a node answers
   */
  async probeWrites(client: RedisClient): Promise<void> {
    const { prefix = DEFAULT_PREFIX, kind } = this.target;
    const queues = [...this.opened.values()];
    if (queues.length > 0) {
      const keys = queues.map((queue) => `${queue}:write:probe`);
      await probeWrites(client, keys);
    } else if (kind !== 'cluster') {
      await probeWrites(client, [`${prefix}::probe`]).catch((error: unknown) => {
        if (!isRefused(error)) throw error;
      });
    }
  }
}
