import * as z from 'zod';
import { defineJob } from '../../contract/define-job';

/** A job to add many times, for a process that is killed while redriving them. */
export const deadRow = defineJob({
  name: 'row',
  data: z.object({ to: z.string() }),
  options: { attempts: 1 },
});
