import { join } from 'node:path';
import { migrateDatabase } from '@libs/data-access';
import { migrateOutbox, migrateQueueStore } from '@libs/queue';
import {
  createTestDatabase,
  type DatabaseTemplate,
  type TestDatabase,
  versionOfSources,
} from '@libs/testing';

const WORKSPACE = join(__dirname, '../../../..');

const apiTables = (): DatabaseTemplate => ({
  name: 'api',
  version: versionOfSources(
    ...['libs/data-access/src/migrations', 'libs/queue/src', 'package-lock.json'].map((path) =>
      join(WORKSPACE, path),
    ),
  ),
  migrate: async (url) => {
    await migrateDatabase(url);
    await migrateOutbox(url);
    await migrateQueueStore(url);
  },
});

/** Creates an isolated database, migrated by the api's migrate command. */
export function createApiDatabase(): Promise<TestDatabase> {
  return createTestDatabase(apiTables());
}
