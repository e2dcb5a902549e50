import { JobCanceller } from '../cancel/job-canceller';
import type { JobContract } from '../contract/job-contract';
import { QUEUE_OBSERVER } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';
import { ApplicationOutbox } from '../outbox/application-outbox';
import { JobProducer } from '../producer/job-producer';
import { Queues } from '../queues/queues';

/** What every producer of an application is made of; for a factory provider. */
export const PRODUCER_PARTS = [Queues, ApplicationOutbox, QUEUE_OBSERVER, JobCanceller] as const;

export type ProducerParts = [
  queues: Queues,
  outbox: ApplicationOutbox,
  observer: AnyObserver,
  canceller: JobCanceller,
];

export function createProducer<Job extends JobContract>(
  job: Job,
  ...[queues, { target }, observer, canceller]: ProducerParts
): JobProducer<Job> {
  return new JobProducer(job, queues.open(job), target, observer, canceller, (child) =>
    queues.open(child),
  );
}
