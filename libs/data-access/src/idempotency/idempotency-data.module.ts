import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatabaseModule } from '../connection/database.module';
import { IdempotencyKey } from './idempotency-key.entity';
import { IdempotencyKeys } from './idempotency-keys';

/** {@link IdempotencyKeys}, and their database. Deletes expired keys. */
@Module({
  imports: [DatabaseModule, TypeOrmModule.forFeature([IdempotencyKey])],
  providers: [IdempotencyKeys],
  exports: [IdempotencyKeys],
})
export class IdempotencyDataModule {}
