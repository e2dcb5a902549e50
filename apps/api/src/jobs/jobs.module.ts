import { Module } from '@nestjs/common';
import { JobsController } from './jobs.controller';

/** Shows the jobs of every queue that the api adds to; their reader comes with the queue module. */
@Module({ controllers: [JobsController] })
export class JobsModule {}
