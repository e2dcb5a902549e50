import { Inject } from '@nestjs/common';
import type { JobDefinition } from '../contract/job-definition';

/** The injection token of a job's producer; for tests that replace it. */
export function getJobProducerToken(job: Pick<JobDefinition, 'name'>): string {
  return `JobProducer(${job.name})`;
}

/**
 * Injects the {@link JobProducer} of a job. The module must import `QueueModule.forFeature(job)`.
 *
 *     constructor(@InjectJob(emailJob) private readonly emails: JobProducer<typeof emailJob>) {}
 */
export function InjectJob(
  job: Pick<JobDefinition, 'name'>,
): ParameterDecorator & PropertyDecorator {
  return Inject(getJobProducerToken(job));
}
