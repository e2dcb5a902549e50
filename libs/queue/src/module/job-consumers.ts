import { Injectable } from '@nestjs/common';

/** What runs jobs in this application, if anything does; all that stopping it needs to know. */
export interface JobConsumer {
  /** No job is fetched any more. */
  stopFetching(): Promise<void>;
  /** Running jobs finish; one that still runs at the deadline (milliseconds) gets its abort signal. */
  finish(deadline: number): Promise<void>;
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
