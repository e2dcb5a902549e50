export { Notification } from './notification.entity';
export { NotificationsDataModule } from './notifications-data.module';
