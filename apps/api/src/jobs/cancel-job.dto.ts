import * as z from 'zod';

const WAIT = 'expected a whole number from 0 to 30000';

export const cancelQuerySchema = z.strictObject({
  reason: z.string().min(1).max(500).optional(),
  wait: z.coerce.number(WAIT).int(WAIT).min(0, WAIT).max(30_000, WAIT).optional(),
});

export const cancelledJobSchema = z.object({
  outcome: z
    .enum(['cancelled', 'cancelling'])
    .describe('`cancelling`: the job still runs, and is going to end as cancelled.'),
});

export type CancelledJob = z.output<typeof cancelledJobSchema>;
