import { Injectable } from '@nestjs/common';

/**
 * What runs jobs in this application, if anything does; all that stopping it needs to know. Its
 * methods are called in this order.
 */
export interface JobConsumer {
  /** No job is fetched any more. */
  stopFetching(): Promise<void>;
  /**
   * Running jobs finish.
   *
   * @returns whether all of them had at the deadline, in milliseconds from now
   */
  finish(deadline: number): Promise<boolean>;
  /** Aborts the jobs that still run, and puts them back into their queues. */
  requeue(deadline: number): Promise<void>;
  /** Lets go of the store. */
  close(): Promise<void>;
}

/** Who has to drain before the queues of this application close. */
@Injectable()
export class JobConsumers {
  private readonly consumers = new Set<JobConsumer>();

  add(consumer: JobConsumer): void {
    this.consumers.add(consumer);
  }

  all(): JobConsumer[] {
    return [...this.consumers];
  }
}
