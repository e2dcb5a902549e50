import * as z from 'zod';
import { defineJob } from '../../contract/define-job';

/** How the first run of a job waits for its file to appear. */
export const lockJob = defineJob({
  name: 'lock',
  data: z.object({ waits: z.enum(['blocking', 'listening']) }),
  result: z.object({ by: z.string() }),
});

/** In milliseconds: short, so that a lock that is not renewed expires soon. */
export const LOCK = { lockDuration: 2_000, stalledInterval: 500 };
