import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatabaseModule } from '../connection/database.module';
import { ProcessedJob } from './processed-job.entity';
import { ProcessedJobs } from './processed-jobs';

/** {@link ProcessedJobs}, and the database under them. Deletes what is old. */
@Module({
  imports: [DatabaseModule, TypeOrmModule.forFeature([ProcessedJob])],
  providers: [ProcessedJobs],
  exports: [ProcessedJobs],
})
export class ProcessedJobsModule {}
