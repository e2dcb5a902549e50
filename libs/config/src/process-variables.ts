import * as z from 'zod';
import { mainDataSource, POSTGRES } from './data-source-variables';
import { duration, integer, urlOf } from './variables';

const REDIS = ['redis:', 'rediss:'];

/** What a URL of a Redis has at least; libs/queue looks at the rest. */
const REDIS_URL = /^rediss?:\/\/(?:[^/?#]*@)?[^@/?#]+\/?\d*(?:\?.*)?$/;

/** The variables that every process of the workspace reads, api and worker alike. */
export const processVariables = {
  ...mainDataSource,
  QUEUE_URL: urlOf([...POSTGRES, ...REDIS])
    .refine(
      (url) => !url.startsWith('redis') || REDIS_URL.test(url),
      'expected of a Redis redis://host:6379/0: a host, and a number if a database is named',
    )
    .optional()
    .describe(
      'The Postgres or Redis that holds the queues: postgres://…, redis://host:6379/0, rediss://….',
    )
    .meta({ defaultText: 'the value of DATABASE_URL' }),
  QUEUE_POOL_MAX: integer(1, 1_000)
    .prefault('5')
    .describe(
      'The most connections to a queue store in Postgres that one process opens, beside one that waits for news.',
    ),
  CONNECT_TIMEOUT: duration()
    .prefault('30s')
    .describe('How long the start waits for a database or queue store that does not answer yet.'),
  SHUTDOWN_DEADLINE: duration()
    .prefault('25s')
    .describe(
      'How long running jobs and open requests may take to finish once the process is told to stop.',
    ),
  LOG_FORMAT: z
    .enum(['text', 'json'])
    .default('text')
    .describe('How log lines are written: text, for people, or json, one object a line.'),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'log', 'debug', 'verbose'])
    .default('log')
    .describe(
      'The least important log lines that are written: error, warn, log, debug or verbose.',
    ),
};
