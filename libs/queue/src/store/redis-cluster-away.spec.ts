import { Queue } from 'bullmq';
import { freePort } from '@libs/testing';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { acceptQueueStores } from './backend-dispatcher';
import { openQueueStore } from './open-queue-store';
import type { QueueStore } from './queue-store';
import { describeOnRedis } from './testing/each-store';

describeOnRedis('several jobs for a cluster that is away', () => {
  let store: QueueStore;
  let queue: Queue;

  beforeAll(acceptQueueStores);

  afterEach(() => queue.close());

  it.each([0, 1])('are refused before the store is closed, with %i replicas', async (replicas) => {
    const url = `redis://127.0.0.1:${await freePort()}?cluster=true`;
    store = await openQueueStore({ url, replicas });
    queue = new Queue('note', { connection: store });
    queue.on('error', () => undefined);
    const adding = queue.addBulk([{ name: 'note', data: {} }]);
    // It must not wait for the cluster to be back.
    const outcome = await adding.catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(QueueUnreachableError);
    await store.close();
    await expect(queue.addBulk([{ name: 'note', data: {} }])).rejects.toThrow(
      QueueUnreachableError,
    );
  });
});
