import { Module } from '@nestjs/common';
import { NotificationsDataModule } from '@libs/data-access/notifications';
import { notificationJob } from '@libs/jobs/notification';
import { QueueModule } from '@libs/queue';
import { EnqueueModule } from '../enqueue/enqueue.module';
import { NotificationsController } from './notifications.controller';
import { NotificationsService } from './notifications.service';

@Module({
  imports: [NotificationsDataModule, QueueModule.forFeature(notificationJob), EnqueueModule],
  controllers: [NotificationsController],
  providers: [NotificationsService],
})
export class NotificationsModule {}
