import {
  addresses,
  byteSize,
  defineConfig,
  duration,
  port,
  processVariables,
  queuePageVariables,
  rateOrOff,
} from '@libs/config';
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
      RATE_LIMIT: rateOrOff()
        .prefault('600/1m')
        .describe(
          'How many requests that change something (POST, DELETE) a client address may send in a time, added up over all ' +
            'processes of the api: 600/1m is 600 in a minute; or off. More are answered with 429.',
        ),
      TRUSTED_PROXIES: addresses()
        .optional()
        .describe(
          'The addresses of the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses and ' +
            'subnets such as 10.0.0.0/8, separated by commas. Behind a proxy and without them, all clients share its address, and one RATE_LIMIT.',
        )
        .meta({ defaultText: 'none' }),
      REQUEST_TIMEOUT: duration()
        .prefault('60s')
        .describe(
          'How long a client may take to send a whole request; 408 after that. Checked every 30 s.',
        ),
      KEEP_ALIVE_TIMEOUT: duration()
        .prefault('65s')
        .describe(
          'How long an idle connection is kept open. It has to be longer than a load balancer in front keeps its ' +
            'own (60 s is usual): otherwise some requests meet a connection that was just closed.',
        ),
      OPERATOR_TOKEN: queuePageVariables.OPERATOR_TOKEN,
      QUEUE_PAGE: z
        .enum(['on', 'read-only', 'open', 'off'])
        .default('on')
        .describe(
          'The page of queues at /queues, for people: on (log in with OPERATOR_TOKEN, or through a proxy; there is no page ' +
            'without either), read-only (the same, and it changes nothing), open (for development: without either, browsers on this machine need ' +
            'no login), or off. nx serve and npm start set it to open.',
        ),
      QUEUE_PAGE_USER_HEADER: queuePageVariables.QUEUE_PAGE_USER_HEADER,
      QUEUE_PAGE_PROXY: queuePageVariables.QUEUE_PAGE_PROXY,
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
