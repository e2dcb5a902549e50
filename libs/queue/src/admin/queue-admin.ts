import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { type DrainedState, PAUSE_NOTE } from '../bullmq/queue-counts';
import { cancelMarksOf } from '../cancel/cancel-marks-of';
import { QUEUE_OBSERVER } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';
import { Queues } from '../queues/queues';
import { QueueStore } from '../store/queue-store';
import { drainQueue, readCounts, wakeWorkers } from './store-operations';
import { pauseNote, type QueueStatus, queueStatus } from './queue-status';

/** Who operates a queue. */
export interface Operator {
  /** For the log, and for the status of a paused queue: `ada@laptop`. @default unknown */
  by?: string | undefined;
}

export interface DrainOptions extends Operator {
  /** Whether to remove also jobs that wait for their time, those that wait for a retry among them. @default false */
  delayed?: boolean;
}

/**
 * Operates the queues whose contracts this application has. What it sets is kept in the queue store: it counts at
 * once for all workers of all processes, and survives restarts. Each change is an event `queueOperated`.
 */
@Injectable()
export class QueueAdmin {
  constructor(
    private readonly queues: Queues,
    private readonly store: QueueStore,
    @Inject(QUEUE_OBSERVER) private readonly observer: AnyObserver,
  ) {}

  /** The names of the available queues. */
  known(): string[] {
    return this.queues.names();
  }

  /**
   * What the queues hold, in the order of their names. Completed jobs that are kept cost nothing.
   *
   * @param names undefined: all queues
   * @throws UnknownQueueError
   */
  async status(names: readonly string[] = this.known()): Promise<QueueStatus[]> {
    const queues = names.map((name) => this.queues.get(name).name).sort();
    const marks = cancelMarksOf(this.store);
    const all = await readCounts(this.store.access, queues);
    return Promise.all(
      all.map(async (counts) =>
        queueStatus(counts, counts.failed === 0 ? 0 : await marks.count(counts.queue)),
      ),
    );
  }

  /**
   * No worker starts a job of this queue until it is resumed. Running jobs finish, and jobs can be added.
   * Pausing a paused queue changes nothing but who has paused it.
   *
   * @throws UnknownQueueError
   */
  async pause(name: string, { by }: Operator = {}): Promise<void> {
    const queue = this.queues.get(name);
    await queue.getBackend().setQueueMeta({ [PAUSE_NOTE]: pauseNote(by) });
    await queue.pause();
    this.observer.queueOperated({ queue: name, action: 'pause', by });
  }

  /**
   * Workers start jobs of this queue again. Resuming a queue that is not paused changes nothing.
   *
   * @throws UnknownQueueError
   */
  async resume(name: string, { by }: Operator = {}): Promise<void> {
    const queue = this.queues.get(name);
    await queue.resume();
    await queue.getBackend().removeQueueMetaFields([PAUSE_NOTE]);
    this.observer.queueOperated({ queue: name, action: 'resume', by });
  }

  /**
   * Limits how many jobs of this queue run at the same time, in all processes together. The `concurrency` of each
   * processor counts too. Running jobs finish if there are more of them.
   *
   * @param concurrency at least 1; undefined: no limit
   * @throws UnknownQueueError
   * @throws InvalidOptionError if it is no whole number of at least 1.
   */
  async setConcurrency(
    name: string,
    concurrency: number | undefined,
    { by }: Operator = {},
  ): Promise<void> {
    const queue = this.queues.get(name);
    if (concurrency === undefined) await queue.removeGlobalConcurrency();
    else await queue.setGlobalConcurrency(concurrency);
    // Idle workers do not notice a higher limit.
    await wakeWorkers(this.store.access, name);
    this.observer.queueOperated({ queue: name, action: 'concurrency', concurrency, by });
  }

  /**
   * Removes the jobs that wait, permanently: those that a worker could take now and, if asked to, delayed ones.
   * It never removes a running or a finished job, nor a job of a schedule. A parent in a flow that waits for a
   * removed job goes on without it. Jobs in an outbox that are not in the queue yet are not removed.
   *
   * After an interruption, a second call removes the rest. Pause the queue first if nothing is to start meanwhile.
   *
   * @returns how many were removed
   * @throws UnknownQueueError
   */
  async drain(name: string, { delayed = false, by }: DrainOptions = {}): Promise<number> {
    const queue: Queue = this.queues.get(name);
    const states: DrainedState[] = ['waiting', 'due'];
    if (delayed) states.push('delayed');
    const removed = await drainQueue(this.store.access, queue, states);
    this.observer.queueOperated({ queue: name, action: 'drain', removed, by });
    return removed;
  }
}
