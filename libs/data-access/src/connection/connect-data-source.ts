import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isConnectionFailure } from './connection-failure';
import { DatabaseUnavailableError, nameOfDatabase } from './database-unavailable.error';
import type { ConnectOptions } from './data-source-options';

/** In milliseconds: the wait between attempts doubles from the first to the last value. */
const BACKOFF = { first: 100, last: 3_000 };

/**
 * Opens a data source, and retries until the deadline while the database is unreachable. Errors that
 * waiting cannot cure, such as a wrong password, fail at once.
 *
 * @throws DatabaseUnavailableError with the last reason
 */
export async function connectDataSource(options: ConnectOptions): Promise<DataSource> {
  const { connectDeadline: deadline } = options;
  const database = nameOfDatabase(options.url ?? '');
  const logger = new Logger('Database');
  const giveUpAt = Date.now() + deadline;
  let wait = BACKOFF.first;
  for (;;) {
    const dataSource = new DataSource(options);
    try {
      return await dataSource.initialize();
    } catch (cause) {
      if (!isConnectionFailure(cause) || Date.now() + wait > giveUpAt) {
        const { variable, hints } = options;
        throw new DatabaseUnavailableError(database, { cause, variable, startHint: hints?.start });
      }
      if (wait === BACKOFF.first) {
        logger.warn(`Waiting up to ${Math.ceil(deadline / 1_000)} s for ${database}.`);
      }
    }
    await delay(wait);
    wait = Math.min(wait * 2, BACKOFF.last);
  }
}
