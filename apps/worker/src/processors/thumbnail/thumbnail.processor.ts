import { Image, ImagesDataModule, Thumbnail } from '@libs/data-access/images';
import { thumbnailJob, thumbnailSizes, type ThumbnailSize } from '@libs/jobs/thumbnail';
import { type JobContext, JobHost, JobProcessor } from '@libs/queue/consumer';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ImageMissingError } from './image-missing.error';
import { ImageUnreadableError } from './image-unreadable.error';
import { renderThumbnail, type RenderedThumbnail } from './render-thumbnail';

/** Creates the thumbnails of an image. A second run writes the same rows again. */
@JobProcessor(thumbnailJob, { concurrency: 2, imports: [ImagesDataModule] })
export class ThumbnailProcessor extends JobHost<typeof thumbnailJob> {
  constructor(
    @InjectRepository(Image) private readonly images: Repository<Image>,
    @InjectRepository(Thumbnail) private readonly thumbnails: Repository<Thumbnail>,
  ) {
    super();
  }

  async handle({ data: { imageId }, signal, progress }: JobContext<typeof thumbnailJob>) {
    const image = await this.images.findOne({
      where: { id: imageId },
      select: { id: true, bytes: true },
    });
    if (image === null) throw new ImageMissingError(imageId);

    const made = [];
    for (const size of thumbnailSizes) {
      signal.throwIfAborted();
      const { bytes, ...rendered } = await render(image, size);
      await this.thumbnails.upsert({ imageId, size, bytes, ...rendered }, ['imageId', 'size']);
      made.push({ size, width: rendered.width, height: rendered.height, bytes: bytes.length });
      await progress(Math.round((100 * made.length) / thumbnailSizes.length));
    }
    return { thumbnails: made };
  }
}

async function render(image: Image, size: ThumbnailSize): Promise<RenderedThumbnail> {
  try {
    return await renderThumbnail(image.bytes, size);
  } catch (error) {
    throw new ImageUnreadableError(
      image.id,
      error instanceof Error ? error.message : String(error),
    );
  }
}
