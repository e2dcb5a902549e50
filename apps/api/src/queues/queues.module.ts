import { Module } from '@nestjs/common';
import { QueuesController } from './queues.controller';

/** Lets operators see, pause, drain and limit every queue that the api adds to. */
@Module({ controllers: [QueuesController] })
export class QueuesModule {}
