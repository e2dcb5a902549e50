import { NonRetryableError } from '@libs/queue/consumer';

/**
 * The bytes of the image are damaged, and another attempt would read the same.
 *
 * To do: remove the dead job, and upload an intact image.
 *
 * @group Failed attempts
 */
export class ImageUnreadableError extends NonRetryableError {
  override readonly code = 'IMAGE_UNREADABLE';

  constructor(
    readonly imageId: string,
    readonly reason: string,
  ) {
    super(`The image ${imageId} cannot be read: ${reason}`);
  }
}
