import { Module } from '@nestjs/common';
import { DeadJobsController } from './dead-jobs.controller';

/** Shows operators the dead jobs of every queue that the api adds to, and lets them redrive these. */
@Module({ controllers: [DeadJobsController] })
export class DeadJobsModule {}
