import { thumbnailSizes } from '@libs/jobs/thumbnail';
import * as z from 'zod';
import { acceptedJobSchema } from '../enqueue/accepted-job';

export const thumbnailSizeSchema = z.enum(thumbnailSizes);

/** A link for each thumbnail that the job creates. */
export const acceptedImageSchema = acceptedJobSchema.extend({
  thumbnails: z
    .record(thumbnailSizeSchema, z.string())
    .describe('URL of each thumbnail, once it is ready.'),
});

export type AcceptedImage = z.output<typeof acceptedImageSchema>;
