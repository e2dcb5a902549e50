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
