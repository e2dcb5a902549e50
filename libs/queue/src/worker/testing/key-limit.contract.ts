import * as z from 'zod';
import { defineJob } from '../../contract/define-job';

export const slotJob = defineJob({
  name: 'slot',
  data: z.object({ tenant: z.string() }),
  limit: { by: ({ tenant }) => tenant, concurrency: 1 },
});

/** A killed worker is noticed soon. */
export const SOON = { lockDuration: 500, stalledInterval: 250 };
