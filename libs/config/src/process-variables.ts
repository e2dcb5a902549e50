import * as z from 'zod';
import { mainDataSource, POSTGRES } from './data-source-variables';
import { duration, integer, urlOf } from './variables';

const REDIS = ['redis:', 'rediss:'];

/** The minimal form of a Redis URL; libs/queue checks the rest. */
const REDIS_URL = /^rediss?:\/\/(?:[^/?#]*@)?[^@/?#]+\/?\d*(?:\?.*)?$/;

/** The variables that every process of the workspace reads, api and worker alike. */
export const processVariables = {
  ...mainDataSource,
  QUEUE_URL: urlOf([...POSTGRES, ...REDIS])
    .refine(
      (url) => !url.startsWith('redis') || REDIS_URL.test(url),
      'expected redis://host:6379/0: a Redis URL needs a host, and its database is a number',
    )
    .optional()
    .describe(
      'The Postgres or Redis that holds the queues: postgres://…, redis://host:6379/0, rediss://….',
    )
    .meta({ defaultText: 'the value of DATABASE_URL' }),
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
  CONNECT_TIMEOUT: duration()
    .prefault('30s')
    .describe('How long startup waits for a database or queue store that does not answer yet.'),
  SHUTDOWN_DEADLINE: duration()
    .prefault('25s')
    .describe(
      'How long running jobs and open requests may take to finish after SIGTERM. Closing takes up to 10 s more: see docs/operations/shutdown.md.',
    ),
  LOG_FORMAT: z
    .enum(['text', 'json'])
    .default('text')
    .describe('The format of log lines: text for people, or json with one object per line.'),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'log', 'debug', 'verbose'])
    .default('log')
    .describe('The least important level that is logged: error, warn, log, debug or verbose.'),
};
