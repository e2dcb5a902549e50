import { byteSize, defineConfig, duration, port, processVariables } from '@libs/config';
import * as z from 'zod';

export const apiConfig = defineConfig(
  z
    .object({
      PORT: port().prefault('3000').describe('The port of the api.'),
      HOST: z.string().default('0.0.0.0').describe('The address that the api listens on.'),
      IMAGE_MAX_SIZE: byteSize()
        .prefault('10MiB')
        .describe('The largest image that can be uploaded. It is held in memory while it is read.'),
      DOCS: z
        .enum(['on', 'off'])
        .default('on')
        .describe(
          'Whether the api serves its documentation at /docs (pages) and /docs-json (OpenAPI): on or off.',
        ),
      OPERATOR_TOKEN: z
        .string()
        .min(16)
        .regex(/^\S+$/, 'without spaces')
        .optional()
        .describe(
          'The token of operators, who see and redrive dead jobs, operate queues, run schedules and cancel jobs; at least 16 ' +
            'characters. Unset: these routes are off.',
        ),
      QUEUE_PAGE: z
        .enum(['on', 'read-only', 'open', 'off'])
        .default('on')
        .describe(
          'The page of queues at /queues, for people: on (log in with OPERATOR_TOKEN, or through a proxy; there is no page ' +
            'without either), read-only (the same, and it changes nothing), open (for development: without either, browsers on this machine need ' +
            'no login), or off. nx serve and npm start set it to open.',
        ),
      QUEUE_PAGE_USER_HEADER: z
        .string()
        .regex(/^[a-z0-9-]+$/i, 'expected the name of a header')
        .optional()
        .describe(
          'The header in which a reverse proxy names whom it has logged in, such as x-forwarded-user; the page then has no login of its own.',
        ),
      QUEUE_PAGE_PROXY: z
        .string()
        .transform((list) => list.split(',').map((address) => address.trim()))
        .optional()
        .describe(
          'The addresses from which QUEUE_PAGE_USER_HEADER is believed: addresses and subnets such as 10.0.0.0/8, separated by commas.',
        )
        .meta({ defaultText: 'the loopback addresses' }),
      SHUTDOWN_DELAY: duration()
        .prefault('0s')
        .describe(
          'How long the api keeps accepting requests after readiness turns false, so that load balancers notice.',
        ),
      ...processVariables,
    })
    .meta({ documentedIn: 'docs/reference/configuration.md' }),
);

export type ApiConfig = z.output<typeof apiConfig>;

/** The injection token of the {@link ApiConfig}. */
export const API_CONFIG = Symbol('API_CONFIG');
