import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Image, Thumbnail } from '@libs/data-access/images';
import { MAX_IMAGE_PIXELS, thumbnailJob, type ThumbnailSize } from '@libs/jobs/thumbnail';
import { InjectJob, JobProducer, type JobReference, JobsReader } from '@libs/queue';
import { Repository } from 'typeorm';
import { problemDetails } from '../http/problem-details';
import { ProblemException } from '../http/problem.exception';
import { RowsWithJobs } from '../enqueue/rows-with-jobs';
import { acceptedMediaTypes, type ImageContent, readImageContent } from './image-content';

@Injectable()
export class ImagesService {
  constructor(
    @InjectRepository(Image) private readonly images: Repository<Image>,
    @InjectRepository(Thumbnail) private readonly thumbnails: Repository<Thumbnail>,
    @InjectJob(thumbnailJob) private readonly jobs: JobProducer<typeof thumbnailJob>,
    private readonly rowsWithJobs: RowsWithJobs,
    private readonly reader: JobsReader,
  ) {}

  /**
   * Stores an image and adds the job that creates its thumbnails. The job has the id of the image.
   *
   * @throws ProblemException 415 if the format is not accepted, 413 if the image has too many pixels
   */
  add(bytes: Buffer): Promise<JobReference> {
    const id = randomUUID();
    const row = { id, bytes, ...acceptableContent(bytes) };
    return this.rowsWithJobs.insert(this.images, row, (transaction) =>
      this.jobs.add({ imageId: id }, { jobId: id, ...transaction }),
    );
  }

  /**
   * One thumbnail of an image, with its bytes.
   *
   * @throws ProblemException 404; it distinguishes an unknown image, an unfinished one and a failed one
   */
  async thumbnail(imageId: string, size: ThumbnailSize): Promise<Thumbnail> {
    const found = await this.thumbnails.findOne({
      where: { imageId, size },
      select: { imageId: true, size: true, contentType: true, bytes: true },
    });
    return found ?? (await this.explainMissing(imageId));
  }

  private async explainMissing(imageId: string): Promise<never> {
    if (!(await this.images.existsBy({ id: imageId }))) {
      throw ProblemException.notFound(`There is no image ${imageId}.`);
    }
    const job = await this.reader.get(thumbnailJob.name, imageId);
    if (job?.state === 'failed' || job?.state === 'cancelled') {
      const reason = job.failure ?? 'no reason is known';
      throw ProblemException.notFound(`The thumbnails could not be created: ${reason}`);
    }
    throw ProblemException.notFound('The thumbnails are not ready yet.', 1);
  }
}

function acceptableContent(bytes: Buffer): ImageContent {
  const content = readImageContent(bytes);
  if (content === undefined) {
    const detail = `The file is not an image of a supported type. Send one of: ${acceptedMediaTypes.join(', ')}.`;
    throw new ProblemException(problemDetails(415, detail));
  }
  const { width, height } = content;
  if (width * height > MAX_IMAGE_PIXELS) {
    const detail = `The image has ${width} x ${height} pixels; the maximum is ${MAX_IMAGE_PIXELS}.`;
    throw new ProblemException(problemDetails(413, detail));
  }
  return content;
}
