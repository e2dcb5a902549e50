import { Injectable } from '@nestjs/common';

/**
 * The part of this application that runs jobs, if any, as shutdown needs it. The methods are called in this
 * order.
 */
export interface JobConsumer {
  /** Stops fetching jobs. */
  stopFetching(): Promise<void>;
  /**
   * Waits for running jobs to finish.
   *
   * @returns whether all of them finished by the deadline, in milliseconds from now
   */
  finish(deadline: number): Promise<boolean>;
  /** Aborts the jobs still running, and requeues them. */
  requeue(deadline: number): Promise<void>;
  /** Releases the store. */
  close(): Promise<void>;
}

/** The consumers to drain before the queues of this application close. */
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
