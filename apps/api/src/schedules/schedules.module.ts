import { Module } from '@nestjs/common';
import { SchedulesController } from './schedules.controller';

/** Lets operators see and run the schedules of every job that the api adds. */
@Module({ controllers: [SchedulesController] })
export class SchedulesModule {}
