import { defineJob } from '@libs/queue';
import * as z from 'zod';

/** Postgres cannot store NUL in a string, and no mail needs it. */
const withoutNul = /^[^\0]*$/;

/** Sends one mail. */
export const notificationJob = defineJob({
  name: 'notification',
  data: z.object({
    to: z
      .email()
      .max(254)
      .meta({ description: 'The address of the recipient.', examples: ['ada@example.com'] }),
    // A line of a mail is limited to 998 characters: RFC 5322, section 2.1.1.
    subject: z
      .string()
      .min(1)
      .max(998)
      .regex(/^[^\0\r\n]*$/, 'Must be a single line')
      .meta({ description: 'The subject, on one line.', examples: ['Your order is on its way'] }),
    text: z
      .string()
      .max(100_000)
      .regex(withoutNul, 'Must not contain NUL characters')
      .meta({
        description: 'The body, as plain text.',
        examples: ['It will be with you tomorrow.'],
      }),
  }),
  result: z.object({
    /** The Message-ID header. The same for every attempt, so that a mail sent twice can be recognised. */
    messageId: z.string(),
    /** The answer of the mail server. */
    response: z.string(),
  }),
  // A greylisting mail server expects the next attempt after minutes.
  options: { attempts: 6, backoff: { type: 'exponential', delay: 5_000, jitter: 0.5 } },
});
