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
  queuePageVariables,
  urlOf,
} from '@libs/config';
import * as z from 'zod';
import { type WorkerDefinition, type WorkerVariables, workerVariables } from './worker-definition';

const LOOP_THRESHOLD = `expected a duration such as 1s, up to ${LONGEST_DURATION}h, or off`;

/** For tools of the workspace, which know this library by its tag: what an application can be configured with. */
export { describeConfig } from '@libs/config';

/** By the names of the first worker's variables; other workers have names of their own for three of them. */
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
    WORKER_QUEUE_PAGE: z
      .enum(['off', 'on', 'read-only', 'open'])
      .default('off')
      .describe(
        'The page of queues at /queues of WORKER_HTTP, with the queues of this worker: off, on (log in with OPERATOR_TOKEN, ' +
          'or through a proxy), read-only (the same, and it changes nothing), or open (for development: without a token or a ' +
          'proxy, browsers on this machine need no login).',
      ),
    OPERATOR_TOKEN: queuePageVariables.OPERATOR_TOKEN.describe(
      'What operators log in to that page with; at least 16 characters. The api has the same variable.',
    ),
    QUEUE_PAGE_USER_HEADER: queuePageVariables.QUEUE_PAGE_USER_HEADER,
    QUEUE_PAGE_PROXY: queuePageVariables.QUEUE_PAGE_PROXY,
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
      .describe('The mail server: smtp://user:password@host:587. Only notifications need it.')
      .meta({ secret: true }),
    MAIL_FROM: z
      .string()
      .regex(/^[^\r\n]*[^\s@]+@[^\s@]+$|^[^\r\n]*<[^\s@]+@[^\s@]+>$/, 'expected a mail address')
      .default('no-reply@localhost')
      .describe('The sender of every mail: an address, or "Name <address>".'),
    ...processVariables,
  }),
);

/** The configuration of a worker. What begins with `WORKER_` is its own, whatever its variables are called. */
export type WorkerConfig = z.output<typeof schema>;

type Identity = Pick<WorkerDefinition, 'name' | 'port'>;

/**
 * The variables of a worker: those of all workers, and `<NAME>_PROCESSORS`, `<NAME>_HTTP` and `<NAME>_QUEUE_PAGE`.
 *
 * @throws TypeError if one of these is a variable of all workers
 */
export function workerConfig({ name, port: defaultPort }: Identity): ConfigSchema {
  const own = workerVariables(name);
  const { WORKER_PROCESSORS, WORKER_HTTP, WORKER_QUEUE_PAGE, ...shared } = schema.shape;
  const taken = (Object.values(own) as string[]).find((variable) => variable in shared);
  if (taken !== undefined) {
    throw new TypeError(
      `"${name}" cannot be the name of a worker: every worker has a variable ${taken}.`,
    );
  }
  const description = WORKER_HTTP.description ?? '';
  return defineConfig(
    z
      .object({
        [own.processors]: WORKER_PROCESSORS,
        [own.http]: WORKER_HTTP.unwrap().prefault(String(defaultPort)).describe(description),
        [own.page]: WORKER_QUEUE_PAGE,
        ...shared,
      })
      .superRefine((config, context) => {
        const page = problemOfPage(config, own);
        if (page !== undefined) refuse(own.page, page);
        const metrics = problemOfMetrics(config, own);
        if (metrics !== undefined) refuse('METRICS_HTTP', metrics);

        function refuse(variable: string, message: string): void {
          context.addIssue({ code: 'custom', path: [variable], message });
        }
      })
      .meta({ documentedIn: 'docs/reference/configuration.md' }),
  );
}

/** A page that no one could get into, or that has no port, was not meant. */
function problemOfPage(
  config: Readonly<Record<string, unknown>>,
  own: WorkerVariables,
): string | undefined {
  const { [own.page]: page, [own.http]: port } = config;
  if (page === 'off') return undefined;
  if (port === 'off') return `needs the port ${own.http}, which is off`;
  const hasLogin = (config['OPERATOR_TOKEN'] ?? config['QUEUE_PAGE_USER_HEADER']) !== undefined;
  if (page === 'open' || hasLogin) return undefined;
  return 'needs a login: set OPERATOR_TOKEN, or QUEUE_PAGE_USER_HEADER for a reverse proxy';
}

function problemOfMetrics(
  { METRICS_HTTP: metrics, ...config }: Readonly<Record<string, unknown>>,
  { http }: WorkerVariables,
): string | undefined {
  return metrics === 'own' && config[http] === 'off'
    ? `own needs the port ${http}, which is off`
    : undefined;
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
    [own.page]: page,
    ...shared
  } = loadConfig(workerConfig(worker), env);
  // What `workerConfig` has checked, under the names that do not depend on the worker.
  return {
    ...shared,
    WORKER_PROCESSORS: selected,
    WORKER_HTTP: http,
    WORKER_QUEUE_PAGE: page,
  } as WorkerConfig;
}

/** The injection token of the {@link WorkerConfig}. */
export const WORKER_CONFIG = Symbol('WORKER_CONFIG');
