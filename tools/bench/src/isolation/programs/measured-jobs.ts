import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** Blocks the CPU for a fixed amount of work: a number of hash rounds. */
export const blockJob = defineJob({
  name: 'block',
  data: z.object({ rounds: z.int().min(1) }),
});

/** Holds a database connection for this many milliseconds. */
export const holdJob = defineJob({
  name: 'hold',
  data: z.object({ ms: z.int().min(1) }),
});

/** Does nothing: measures the cost of running a job. */
export const quickJob = defineJob({
  name: 'quick',
  data: z.object({}),
});
