import { Injectable } from '@nestjs/common';
import type { QueueCounts } from '../bullmq/queue-counts';
import { Queues } from '../queues/queues';
import { UnknownQueueError } from '../queues/unknown-queue.error';
import { QueueStore } from '../store/queue-store';
import { isKnownQueue, readCounts } from './store-operations';

/** How many jobs of a queue would keep workers busy, at one moment. */
export interface QueueLoad {
  readonly queue: string;
  /**
   * What a number of workers is computed from: `runnable` and `running` together. At least 1 while jobs wait for room in
   * their key, since it is a worker that lets them run.
   */
  readonly load: number;
  /**
   * Jobs that could begin now if there were workers: waiting ones, and delayed ones whose time has come, as many as the
   * concurrency of the queue leaves room for. None while the queue is paused.
   */
  readonly runnable: number;
  /** Those of a worker that was killed are among them until another one has found them. */
  readonly running: number;
  /** Jobs that wait for room in their key: more workers do not make them begin sooner. */
  readonly heldBack: number;
  readonly paused: boolean;
}

/** The load of queues, for those who decide how many workers there are. */
@Injectable()
export class QueueLoads {
  constructor(
    private readonly queues: Queues,
    private readonly store: QueueStore,
  ) {}

  /**
   * Read at each call. Completed jobs that are kept cost nothing.
   *
   * @param name also of a queue whose contract this application does not have, if the store knows it: those who scale
   *   workers ask a process that is there when no worker is
   * @throws UnknownQueueError if neither this application nor the store knows it; a wrong name must not look like a
   *   queue without jobs
   */
  async read(name: string): Promise<QueueLoad> {
    const { access } = this.store;
    const [counts] = await readCounts(access, [name]);
    const isKnown = this.queues.find(name) !== undefined || (await isKnownQueue(access, name));
    if (counts === undefined || !isKnown) throw new UnknownQueueError(name, this.queues.names());
    return loadOf(counts);
  }
}

function loadOf({ queue, waiting, parked, due, running, paused, concurrency }: QueueCounts) {
  const room = Math.max(0, (concurrency ?? Infinity) - running);
  const runnable = paused ? 0 : Math.min(waiting - parked + due, room);
  const busy = runnable + running;
  const load = paused ? busy : Math.max(busy, Math.min(parked, 1));
  return { queue, load, runnable, running, heldBack: parked, paused };
}
