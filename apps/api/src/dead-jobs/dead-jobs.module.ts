import { Module } from '@nestjs/common';
import { DeadJobsController } from './dead-jobs.controller';

/** Lets operators see and redrive the dead jobs of every queue that the api adds to. */
@Module({ controllers: [DeadJobsController] })
export class DeadJobsModule {}
