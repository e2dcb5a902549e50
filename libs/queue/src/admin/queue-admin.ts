import { Injectable } from '@nestjs/common';
import { Queues } from '../queues/queues';

/**
 * Operates the queues whose contracts this application has. What it sets is kept in the queue store: it counts at
 * once for all workers of all processes, and survives restarts.
 */
@Injectable()
export class QueueAdmin {
  constructor(private readonly queues: Queues) {}

  /** The names of the available queues. */
  known(): string[] {
    return this.queues.names();
  }

  /**
   * No worker starts a job of this queue until it is resumed. Running jobs finish, and jobs can be added.
   * Pausing a paused queue changes nothing.
   *
   * @throws UnknownQueueError
   */
  async pause(queue: string): Promise<void> {
    await this.queues.get(queue).pause();
  }

  /**
   * Workers start jobs of this queue again. Resuming a queue that is not paused changes nothing.
   *
   * @throws UnknownQueueError
   */
  async resume(queue: string): Promise<void> {
    await this.queues.get(queue).resume();
  }
}
