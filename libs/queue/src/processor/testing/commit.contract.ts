import * as z from 'zod';
import { defineJob } from '../../contract/define-job';

/** A job that writes a row to the database of its queue. */
export const commitJob = defineJob({
  name: 'commit',
  data: z.object({ row: z.string(), what: z.string() }),
  result: z.object({ row: z.string() }),
  options: { attempts: 3, backoff: { type: 'fixed', delay: 10 } },
});
