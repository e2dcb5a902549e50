import { UnrecoverableError } from 'bullmq';

/** The bytes of the image are damaged, and no other attempt reads anything else from them. */
export class ImageUnreadableError extends UnrecoverableError {
  constructor(
    readonly imageId: string,
    readonly reason: string,
  ) {
    super(`The image ${imageId} cannot be read: ${reason}`);
    this.name = new.target.name;
  }
}
