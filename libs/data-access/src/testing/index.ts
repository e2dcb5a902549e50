import { join } from 'node:path';
import {
  createTestDatabase,
  type DatabaseTemplate,
  type TestDatabase,
  versionOfSources,
} from '@libs/testing';
import { migrateDatabase } from '../migrations/migrate-database';

const applicationTables = (): DatabaseTemplate => ({
  name: 'application',
  version: versionOfSources(join(__dirname, '../migrations')),
  migrate: migrateDatabase,
});

/** Creates an isolated database with the tables of the applications: all migrations are applied. */
export function createMigratedDatabase(): Promise<TestDatabase> {
  return createTestDatabase(applicationTables());
}
