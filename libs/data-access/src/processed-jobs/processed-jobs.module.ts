import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatabaseModule } from '../connection/database.module';
import { ProcessedJob } from './processed-job.entity';
import { ProcessedJobs } from './processed-jobs';

/** {@link ProcessedJobs}, and their database. Deletes old entries. */
@Module({
  imports: [DatabaseModule, TypeOrmModule.forFeature([ProcessedJob])],
  providers: [ProcessedJobs],
  exports: [ProcessedJobs],
})
export class ProcessedJobsModule {}
