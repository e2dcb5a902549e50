import { Module } from '@nestjs/common';
import { MulterModule } from '@nestjs/platform-express';
import { ImagesDataModule } from '@libs/data-access/images';
import { thumbnailJob } from '@libs/jobs/thumbnail';
import { QueueModule } from '@libs/queue';
import { API_CONFIG, type ApiConfig } from '../config';
import { EnqueueModule } from '../enqueue/enqueue.module';
import { ImagesController } from './images.controller';
import { ImagesService } from './images.service';

@Module({
  imports: [
    ImagesDataModule,
    QueueModule.forFeature(thumbnailJob),
    EnqueueModule,
    MulterModule.registerAsync({
      inject: [API_CONFIG],
      // Held in memory: the bytes go to the database, and this limits their number.
      useFactory: ({ IMAGE_MAX_SIZE }: ApiConfig) => ({
        limits: { fileSize: IMAGE_MAX_SIZE, files: 1, fields: 0 },
      }),
    }),
  ],
  controllers: [ImagesController],
  providers: [ImagesService],
})
export class ImagesModule {}
