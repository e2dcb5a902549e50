import * as z from 'zod';
import { mainDataSource, POSTGRES } from './data-source-variables';
import { secretFile } from './secret-file';
import { tracingVariables } from './tracing-variables';
import { duration, integer, port, urlOf } from './variables';

/** Other schemes that libs/queue takes are variants of these. */
const REDIS = ['redis:', 'rediss:', 'redis+sentinel:', 'rediss+sentinel:', 'unix:'];
const VARIANTS = [
  'valkey:',
  'valkeys:',
  'valkey+sentinel:',
  'valkeys+sentinel:',
  'redis+unix:',
  'valkey+unix:',
];

/** The minimal forms of a Redis URL, by what their schemes end with; libs/queue checks the rest. */
const FORMS = [
  {
    scheme: /sentinel:/i,
    form: /^\S+?:\/\/(?:[^/?#]*@)?[^@/?#]+\/(?!\d+\/?(?:\?|$))[^/?#]+(?:\/\d*\/?)?(?:\?.*)?$/,
    expected:
      'redis+sentinel://host:26379/mymaster: a Sentinel URL needs the name of its master, and its database is a number',
  },
  {
    scheme: /unix:/i,
    form: /^\S+?:\/\/(?:[^/?#]*@)?\/[^?#]+(?:\?.*)?$/,
    expected: "unix:///run/redis.sock: a socket's path is absolute, so three slashes precede it",
  },
  {
    scheme: /^(?:redis|valkey)s?:/i,
    form: /^\S+?:\/\/(?:[^/?#]*@)?[^@/?#]+\/?\d*(?:\?.*)?$/,
    expected: 'redis://host:6379/0: a Redis URL needs a host, and its database is a number',
  },
] as const;

/** The variables that every process of the workspace reads, api and worker alike. */
export const processVariables = {
  ...mainDataSource,
  QUEUE_URL: urlOf([...POSTGRES, ...REDIS], VARIANTS)
    .superRefine((url, context) => {
      const { form, expected } = FORMS.find(({ scheme }) => scheme.test(schemeOf(url))) ?? {};
      if (form?.test(url) === false) context.addIssue(`expected ${expected}`);
    })
    .optional()
    .describe(
      'The Postgres or Redis that holds the queues: postgres://…, redis://host:6379/0, rediss://…, ' +
        'redis+sentinel://host:26379/mymaster, unix:///run/redis.sock.',
    )
    .meta({ defaultText: 'the value of DATABASE_URL', secret: true }),
  QUEUE_PASSWORD_FILE: secretFile()
    .optional()
    .describe(
      'A file with the password of the queue store, in place of one in its URL; read for each new connection.',
    )
    .meta({ defaultText: 'DATABASE_PASSWORD_FILE if QUEUE_URL is not set' }),
  QUEUE_SENTINEL_PASSWORD_FILE: secretFile()
    .optional()
    .describe('A file with the password of the sentinels, in place of one in QUEUE_URL.'),
  QUEUE_POOL_MAX: integer(1, 1_000)
    .prefault('5')
    .describe(
      'The most connections to a queue store in Postgres that one process opens, plus one for notifications (LISTEN).',
    ),
  QUEUE_REPLICAS: integer(0, 100)
    .prefault('0')
    .describe(
      'How many replicas of a queue store in Redis must have a job before it counts as added: see docs/operations/redis.md.',
    ),
  REPLICAS: integer(1, 10_000)
    .prefault('1')
    .describe(
      'How many processes of this kind run: at start their connections are added up and compared with what Postgres takes.',
    ),
  CONNECTION_LIMIT: integer(1, 1_000_000)
    .optional()
    .describe(
      'The most connections that all REPLICAS of this process may open to one Postgres: its share, or that of a pooler.',
    )
    .meta({ defaultText: 'what the server takes' }),
  CONNECTION_BUDGET: z
    .enum(['refuse', 'warn'])
    .default('refuse')
    .describe('Whether a process whose connections do not fit refuses to start, or warns.'),
  CONNECT_TIMEOUT: duration()
    .prefault('30s')
    .describe('How long startup waits for a database or queue store that does not answer yet.'),
  SHUTDOWN_DEADLINE: duration()
    .prefault('25s')
    .describe(
      'How long running jobs and open requests may take to finish after SIGTERM. Closing takes up to 10 s more: see docs/operations/shutdown.md.',
    ),
  METRICS_HTTP: z
    .union([z.enum(['off', 'own']), port()], { error: 'expected a port, own, or off' })
    .prefault('off')
    .describe(
      'The port that serves `/metrics` for Prometheus, `own` for that of the process itself (PORT, WORKER_HTTP), or `off`.',
    ),
  METRICS_HOST: z
    .string()
    .optional()
    .describe('The address that serves `/metrics` on a port of its own.')
    .meta({ defaultText: 'the value of HOST' }),
  ...tracingVariables,
  LOG_FORMAT: z
    .enum(['text', 'json'])
    .default('text')
    .describe('The format of log lines: text for people, or json with one object per line.'),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'log', 'debug', 'verbose'])
    .default('log')
    .describe('The least important level that is logged: error, warn, log, debug or verbose.'),
};

function schemeOf(url: string): string {
  return url.slice(0, url.indexOf('//'));
}
