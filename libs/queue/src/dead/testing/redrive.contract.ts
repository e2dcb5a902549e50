import * as z from 'zod';
import { defineJob } from '../../contract/define-job';

/** A job of which there are many, for a process that is killed while it redrives them. */
export const deadRow = defineJob({
  name: 'row',
  data: z.object({ to: z.string() }),
  options: { attempts: 1 },
});
