import { Inject, Injectable } from '@nestjs/common';
import { BULLMQ_WORDS } from '../bullmq/internals';
import { QueueAccessError } from '../connection/queue-access.error';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { QUEUE_OBSERVER } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';

/** BullMQ's words for a job that it was about to change. */
const MISSING_JOB = new RegExp(`^${BULLMQ_WORDS.missingJob} (.+)\\. \\w+$`);

/** Where the errors of queues, workers and event readers go that no caller waits for. */
@Injectable()
export class QueueErrors {
  constructor(
    @Inject(QUEUE_OBSERVER) private readonly observer: Pick<AnyObserver, 'errorReported'>,
  ) {}

  /** @param caught usually an error */
  report(caught: unknown): void {
    // The store itself reports when it is lost, or refuses this account, and when it is back.
    if (caught instanceof QueueUnreachableError || caught instanceof QueueAccessError) return;
    const error = caught instanceof Error ? caught : new Error(String(caught));
    this.observer.errorReported({ error, explanation: explain(error) });
  }
}

function explain({ message }: Error): string | undefined {
  const id = MISSING_JOB.exec(message)?.[1];
  if (id === undefined) return undefined;
  return (
    `The queue store no longer has job ${id}, which was running here: someone has removed it, or a Redis ` +
    'was restarted without its data. What the job has done is not undone.'
  );
}
