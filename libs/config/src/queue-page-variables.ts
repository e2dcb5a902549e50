import * as z from 'zod';
import { addresses } from './variables';

/** Who is let into the page of queues: for each process that serves it. */
export const queuePageVariables = {
  OPERATOR_TOKEN: z
    .string()
    .min(16)
    .regex(/^\S+$/, 'without spaces')
    .optional()
    .describe(
      'The token of operators, who see and redrive dead jobs, operate queues, run schedules and cancel jobs; at least 16 ' +
        'characters. Unset: these routes are off.',
    )
    .meta({ secret: true }),
  QUEUE_PAGE_USER_HEADER: z
    .string()
    .regex(/^[a-z0-9-]+$/i, 'expected the name of a header')
    .optional()
    .describe(
      'The header in which a reverse proxy names whom it has logged in, such as x-forwarded-user; the page then has no login of its own.',
    ),
  QUEUE_PAGE_PROXY: addresses()
    .optional()
    .describe(
      'The addresses from which QUEUE_PAGE_USER_HEADER is believed: addresses and subnets such as 10.0.0.0/8, separated by commas.',
    )
    .meta({ defaultText: 'the loopback addresses' }),
};
