export { Image } from './image.entity';
export { ImagesDataModule } from './images-data.module';
export { Thumbnail } from './thumbnail.entity';
