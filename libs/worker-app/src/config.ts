import {
  type ConfigSchema,
  defineConfig,
  duration,
  integer,
  loadConfig,
  LONGEST_DURATION,
  namedDataSource,
  port,
  processVariables,
  urlOf,
} from '@libs/config';
import * as z from 'zod';
import { type WorkerDefinition, workerVariables } from './worker-definition';

const LOOP_THRESHOLD = `expected a duration such as 1s, up to ${LONGEST_DURATION}h, or off`;

/** By the names of the first worker's variables; other workers have names of their own for two of them. */
const schema = defineConfig(
  z.object({
    WORKER_PROCESSORS: z
      .string()
      .transform((list) => list.split(',').map((name) => name.trim()))
      .optional()
      .describe('The processors that this worker runs: their names, separated by commas.')
      .meta({ defaultText: 'all processors' }),
    WORKER_HTTP: z
      .union([z.literal('off'), port()], { error: 'expected a port, or off' })
      .prefault('3001')
      .describe("The port that serves the worker's health endpoints, or `off`."),
    HOST: z
      .string()
      .default('0.0.0.0')
      .describe("The address that serves the worker's health endpoints."),
    SANDBOX_POOL_MAX: integer(1, 1_000)
      .prefault('2')
      .describe(
        'The most connections to the database that each sandbox of an isolated processor opens; it runs one job at a time.',
      ),
    BLOCKED_LOOP_THRESHOLD: z
      .union([z.literal('off'), duration()], { error: LOOP_THRESHOLD })
      .refine((threshold) => threshold !== 0, LOOP_THRESHOLD)
      .prefault('1s')
      .describe(
        'How long a job may block the event loop before it is logged, or `off`: see docs/guides/isolation.md.',
      ),
    ...namedDataSource('reports'),
    SMTP_URL: urlOf(['smtp:', 'smtps:'])
      .optional()
      .describe('The mail server: smtp://user:password@host:587. Only notifications need it.'),
    MAIL_FROM: z
      .string()
      .regex(/^[^\r\n]*[^\s@]+@[^\s@]+$|^[^\r\n]*<[^\s@]+@[^\s@]+>$/, 'expected a mail address')
      .default('no-reply@localhost')
      .describe('The sender of every mail: an address, or "Name <address>".'),
    ...processVariables,
  }),
);

/** The configuration of a worker. `WORKER_PROCESSORS` and `WORKER_HTTP` are its own, whatever its variables are called. */
export type WorkerConfig = z.output<typeof schema>;

type Identity = Pick<WorkerDefinition, 'name' | 'port'>;

/**
 * The variables of a worker: those of all workers, and `<NAME>_PROCESSORS` and `<NAME>_HTTP`.
 *
 * @throws TypeError if one of these two is a variable of all workers
 */
export function workerConfig({ name, port: defaultPort }: Identity): ConfigSchema {
  const own = workerVariables(name);
  const { WORKER_PROCESSORS, WORKER_HTTP, ...shared } = schema.shape;
  const taken = Object.values(own).find((variable: string) => variable in shared);
  if (taken !== undefined) {
    throw new TypeError(
      `"${name}" cannot be the name of a worker: every worker has a variable ${taken}.`,
    );
  }
  const { description = '' } = WORKER_HTTP.meta() ?? {};
  return defineConfig(
    z
      .object({
        [own.processors]: WORKER_PROCESSORS,
        [own.http]: WORKER_HTTP.unwrap().prefault(String(defaultPort)).describe(description),
        ...shared,
      })
      .meta({ documentedIn: 'docs/reference/configuration.md' }),
  );
}

/**
 * Reads the configuration of a worker from the environment.
 *
 * @throws ConfigError that names every invalid variable
 */
export function loadWorkerConfig(
  worker: Identity,
  env?: Readonly<Record<string, string | undefined>>,
): WorkerConfig {
  const own = workerVariables(worker.name);
  const {
    [own.processors]: selected,
    [own.http]: http,
    ...shared
  } = loadConfig(workerConfig(worker), env);
  // What `workerConfig` has checked, under the names that do not depend on the worker.
  return { ...shared, WORKER_PROCESSORS: selected, WORKER_HTTP: http } as WorkerConfig;
}

/** The injection token of the {@link WorkerConfig}. */
export const WORKER_CONFIG = Symbol('WORKER_CONFIG');
