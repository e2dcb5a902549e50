import { Injectable } from '@nestjs/common';
import type { JobContract } from '../contract/job-contract';
import type { Deadline } from '../timing/deadline';

/**
 * The part of this application that runs jobs, if any, as its shutdown and those who look at its queues need
 * it. The methods are called in this order.
 */
export interface JobConsumer {
  /** The contracts of the jobs that it runs. */
  readonly jobs: readonly JobContract[];
  /** Stops fetching jobs. */
  stopFetching(): void;
  /**
   * Waits for running jobs to finish.
   *
   * @returns whether all of them finished by the deadline, in milliseconds from now
   */
  finish(deadline: number): Promise<boolean>;
  /**
   * Aborts the jobs still running, and gives them the time of the budget to end.
   *
   * @param deadline the one that has passed, in milliseconds
   */
  abort(deadline: number): Promise<void>;
  /** Requeues the jobs still running. Takes a bounded time. */
  requeue(): Promise<void>;
  /** Releases the store, by the deadline. */
  close(deadline: Deadline): Promise<void>;
}

/** The consumers to drain before the queues of this application close. */
@Injectable()
export class JobConsumers {
  private readonly consumers = new Set<JobConsumer>();
  private readonly listeners: ((consumer: JobConsumer) => void)[] = [];

  add(consumer: JobConsumer): void {
    this.consumers.add(consumer);
    for (const listener of this.listeners) listener(consumer);
  }

  /** Calls back with each consumer: workers start after what looks at their queues. */
  onEach(listener: (consumer: JobConsumer) => void): void {
    this.listeners.push(listener);
    for (const consumer of this.consumers) listener(consumer);
  }

  all(): JobConsumer[] {
    return [...this.consumers];
  }
}
