import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** Takes a processor for as long as so many rounds of a hash take: a fixed amount of work. */
export const blockJob = defineJob({
  name: 'block',
  data: z.object({ rounds: z.int().min(1) }),
});

/** Holds a connection of the database for so many milliseconds. */
export const holdJob = defineJob({
  name: 'hold',
  data: z.object({ ms: z.int().min(1) }),
});

/** Does nothing: what is left is what running a job costs. */
export const quickJob = defineJob({
  name: 'quick',
  data: z.object({}),
});
