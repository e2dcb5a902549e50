import { thumbnailSizes } from '@libs/jobs/thumbnail';
import * as z from 'zod';
import { acceptedJobSchema } from '../enqueue/accepted-job';

export const thumbnailSizeSchema = z.enum(thumbnailSizes);

/** A link for each thumbnail that the job makes. */
export const acceptedImageSchema = acceptedJobSchema.extend({
  thumbnails: z.record(thumbnailSizeSchema, z.string()).describe('Where each thumbnail will be.'),
});

export type AcceptedImage = z.output<typeof acceptedImageSchema>;
