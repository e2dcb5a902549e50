import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { JobsController } from './jobs.controller';
import { RowsWithJobs } from '../enqueue/rows-with-jobs';

/**
 * Shows the jobs of every queue that the api adds to (their reader comes with the queue module), and
 * stores the rows that features add jobs for, once under an idempotency key.
 */
@Module({
  imports: [IdempotencyModule],
  controllers: [JobsController],
  providers: [RowsWithJobs],
  exports: [RowsWithJobs, IdempotencyModule],
})
export class JobsModule {}
