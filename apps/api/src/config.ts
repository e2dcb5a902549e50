import { byteSize, defineConfig, duration, port, processVariables } from '@libs/config';
import * as z from 'zod';

export const apiConfig = defineConfig(
  z.object({
    PORT: port().prefault('3000').describe('The port that the api listens on.'),
    HOST: z.string().default('0.0.0.0').describe('The address that the api listens on.'),
    IMAGE_MAX_SIZE: byteSize()
      .prefault('10MiB')
      .describe('The largest image that may be uploaded. It is held in memory while it is read.'),
    DOCS: z
      .enum(['on', 'off'])
      .default('on')
      .describe('Whether the api describes itself at /docs (pages) and /docs-json (OpenAPI).'),
    OPERATOR_TOKEN: z
      .string()
      .min(16)
      .regex(/^\S+$/, 'without spaces')
      .optional()
      .describe(
        'The token with which operators look at dead jobs and redrive them (/dead-jobs): 16 characters or more. Unset: off.',
      ),
    SHUTDOWN_DELAY: duration()
      .prefault('0s')
      .describe(
        'How long the api goes on taking requests after it has turned not ready, so that a load balancer can notice.',
      ),
    ...processVariables,
  }),
);

export type ApiConfig = z.output<typeof apiConfig>;

/** The injection token of the {@link ApiConfig}. */
export const API_CONFIG = Symbol('API_CONFIG');
