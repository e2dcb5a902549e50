import type { DataSource } from 'typeorm';
import type { ConnectOptions } from './data-source-options';
import { DatabaseUnavailableError, nameOfDatabase } from './database-unavailable.error';

/** The code of Postgres for a statement that changes something where nothing may be changed. */
const READ_ONLY = '25006';

/** @throws DatabaseUnavailableError if the database takes no changes: a read replica, or one that is set to read only. */
export async function requireWritable(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<{ transaction_read_only: string }[]>(
    'SHOW transaction_read_only',
  );
  if (row?.transaction_read_only !== 'on') return;
  const { url = '', variable } = dataSource.options as ConnectOptions;
  const cause = Object.assign(new Error('it is a read replica, or set to read only'), {
    code: READ_ONLY,
  });
  throw new DatabaseUnavailableError(nameOfDatabase(url), { cause, variable });
}
