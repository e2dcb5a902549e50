import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatabaseModule } from '../connection/database.module';
import { Image } from './image.entity';
import { Thumbnail } from './thumbnail.entity';

/** The repositories of {@link Image} and {@link Thumbnail}, and their database. */
@Module({
  imports: [DatabaseModule, TypeOrmModule.forFeature([Image, Thumbnail])],
  exports: [TypeOrmModule],
})
export class ImagesDataModule {}
