import { requireOnePassword } from './one-password';
import type { Secret } from './secret-file';

/** The values of the variables that say where the queues are. */
interface QueueVariables {
  readonly DATABASE_URL: string;
  readonly DATABASE_PASSWORD_FILE?: Secret | undefined;
  readonly QUEUE_URL?: string | undefined;
  readonly QUEUE_PASSWORD_FILE?: Secret | undefined;
  readonly QUEUE_SENTINEL_PASSWORD_FILE?: Secret | undefined;
}

/**
 * Where the queues are: a password file of the database applies to them only if they are in it.
 *
 * @throws ConfigError if there is a password in the URL, and another one in a file.
 */
export function queueStoreOf(config: QueueVariables) {
  const { DATABASE_URL, DATABASE_PASSWORD_FILE, QUEUE_URL, QUEUE_PASSWORD_FILE } = config;
  requireOnePassword(QUEUE_URL, QUEUE_PASSWORD_FILE, 'QUEUE');
  return {
    url: QUEUE_URL ?? DATABASE_URL,
    password: QUEUE_PASSWORD_FILE ?? (QUEUE_URL === undefined ? DATABASE_PASSWORD_FILE : undefined),
    sentinelPassword: config.QUEUE_SENTINEL_PASSWORD_FILE,
  };
}

/** What the connections of a process are compared with at start, but for the hint. */
export function connectionBudgetOf(config: {
  readonly REPLICAS: number;
  readonly CONNECTION_LIMIT?: number | undefined;
  readonly CONNECTION_BUDGET: 'refuse' | 'warn';
}) {
  const { REPLICAS: replicas, CONNECTION_LIMIT: limit, CONNECTION_BUDGET: overBudget } = config;
  return { replicas, limit, overBudget };
}

/**
 * Where the tables are.
 *
 * @throws ConfigError if there is a password in the URL, and another one in a file.
 */
export function databaseOf({
  DATABASE_URL: url,
  DATABASE_PASSWORD_FILE: password,
}: QueueVariables) {
  requireOnePassword(url, password, 'DATABASE');
  return { url, password };
}
