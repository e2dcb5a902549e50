import { Module } from '@nestjs/common';
import { IdempotencyDataModule } from '@libs/data-access/idempotency';
import { IdempotentRequests } from './idempotent-requests';

/** The dependencies of `@Idempotent()`. */
@Module({
  imports: [IdempotencyDataModule],
  providers: [IdempotentRequests],
  exports: [IdempotentRequests],
})
export class IdempotencyModule {}
