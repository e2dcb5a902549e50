import { Module } from '@nestjs/common';
import { JobsController } from './jobs.controller';

/** Shows the jobs of every queue that the api adds to; the queue module provides their reader. */
@Module({ controllers: [JobsController] })
export class JobsModule {}
