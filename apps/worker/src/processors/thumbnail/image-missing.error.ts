import { UnrecoverableError } from 'bullmq';

/** The image of the job is not in the database: it was deleted in the meantime. */
export class ImageMissingError extends UnrecoverableError {
  constructor(readonly imageId: string) {
    super(`There is no image ${imageId}.`);
    this.name = new.target.name;
  }
}
