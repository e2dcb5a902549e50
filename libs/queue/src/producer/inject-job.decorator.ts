import { Inject } from '@nestjs/common';
import type { JobContract } from '../contract/job-contract';

/** The injection token of a job's producer, for tests that replace it. */
export function getJobProducerToken(job: Pick<JobContract, 'name'>): string {
  return `JobProducer(${job.name})`;
}

/**
 * Injects the {@link JobProducer} of a job. The module must import `QueueModule.forFeature(job)`.
 *
 *     constructor(@InjectJob(emailJob) private readonly emails: JobProducer<typeof emailJob>) {}
 */
export function InjectJob(job: Pick<JobContract, 'name'>): ParameterDecorator & PropertyDecorator {
  return Inject(getJobProducerToken(job));
}
