import type { Queue } from 'bullmq';
import type { CancelOptions, CancelOutcome } from './cancel-outcome';
import type { JobCanceller } from './job-canceller';

interface KnownQueues {
  /** Throws `UnknownQueueError`. */
  get(name: string): Queue;
  names(): string[];
}

/** Cancels jobs in every queue whose contract this application has. */
export class JobCancellation {
  constructor(
    private readonly queues: KnownQueues,
    private readonly canceller: JobCanceller,
  ) {}

  /** The names of the available queues. */
  known(): string[] {
    return this.queues.names();
  }

  /**
   * Cancels a job, as the producer's `cancel` does.
   *
   * @throws UnknownQueueError
   * @throws InvalidOptionError if the wait makes no sense.
   * @throws QueueUnreachableError if the store does not answer. Cancel again: it is safe to repeat.
   */
  async cancel(queueName: string, id: string, options?: CancelOptions): Promise<CancelOutcome> {
    return this.canceller.cancel(this.queues.get(queueName), id, options);
  }
}
