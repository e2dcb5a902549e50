import { MAX_IMAGE_PIXELS, type ThumbnailSize } from '@libs/jobs/thumbnail';
import sharp from 'sharp';

/** The bounding square of each size, in pixels. Smaller images are not enlarged. */
const BOXES: Readonly<Record<ThumbnailSize, number>> = { small: 160, medium: 480, large: 1_280 };

export interface RenderedThumbnail {
  contentType: string;
  /** In pixels. */
  width: number;
  height: number;
  bytes: Buffer;
}

/**
 * Creates one thumbnail in the image's format, rotated upright by its EXIF orientation. All metadata is
 * removed: a photo may reveal where it was taken.
 *
 * @throws sharp's error if the image is damaged or has more than {@link MAX_IMAGE_PIXELS}
 */
export async function renderThumbnail(
  image: Buffer,
  size: ThumbnailSize,
): Promise<RenderedThumbnail> {
  const box = BOXES[size];
  const { data, info } = await sharp(image, { limitInputPixels: MAX_IMAGE_PIXELS })
    .autoOrient()
    .resize({ width: box, height: box, fit: 'inside', withoutEnlargement: true })
    .toBuffer({ resolveWithObject: true });
  const { format, width, height } = info;
  return { contentType: `image/${format}`, width, height, bytes: data };
}
