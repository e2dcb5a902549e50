import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatabaseModule } from '../connection/database.module';
import { Notification } from './notification.entity';

/** The repository of {@link Notification}, and its database. */
@Module({
  imports: [DatabaseModule, TypeOrmModule.forFeature([Notification])],
  exports: [TypeOrmModule],
})
export class NotificationsDataModule {}
