export { ProcessedJob } from './processed-job.entity';
export { PROCESSED_JOB_AGE, ProcessedJobs, type ProcessedJobIdentity } from './processed-jobs';
export { ProcessedJobsModule } from './processed-jobs.module';
