import { NonRetryableError } from '@libs/queue/consumer';

/**
 * The image of the job is not in the database: it was deleted in the meantime.
 *
 * To do: remove the dead job, or upload the image again.
 *
 * @group Failed attempts
 */
export class ImageMissingError extends NonRetryableError {
  override readonly code = 'IMAGE_MISSING';

  constructor(readonly imageId: string) {
    super(`There is no image ${imageId}.`);
  }
}
