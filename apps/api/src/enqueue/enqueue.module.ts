import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { RowsWithJobs } from './rows-with-jobs';

/** Stores a row with its job, once per idempotency key. */
@Module({
  imports: [IdempotencyModule],
  providers: [RowsWithJobs],
  exports: [RowsWithJobs, IdempotencyModule],
})
export class EnqueueModule {}
