import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** The renditions of an image, smallest first. */
export const thumbnailSizes = ['small', 'medium', 'large'] as const;

export type ThumbnailSize = (typeof thumbnailSizes)[number];

/**
 * The largest accepted image, in pixels: decoded, it takes four bytes per pixel, however small its file is.
 */
export const MAX_IMAGE_PIXELS = 50_000_000;

/** Creates the smaller renditions of a stored image. Carries its id, never its bytes. */
export const thumbnailJob = defineJob({
  name: 'thumbnail',
  data: z.object({ imageId: z.uuid() }),
  result: z.object({
    thumbnails: z.array(
      z.object({
        size: z.enum(thumbnailSizes),
        /** In pixels. */
        width: z.int(),
        height: z.int(),
        /** The size of its file. */
        bytes: z.int(),
      }),
    ),
  }),
});
