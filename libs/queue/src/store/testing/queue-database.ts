import { join } from 'node:path';
import {
  createTestDatabase,
  type DatabaseTemplate,
  type TestDatabase,
  versionOfSources,
} from '@libs/testing';
import { migrateQueueStore } from '../migrate-queue-store';

/** This library, and the version of BullMQ, which defines the tables. */
const SOURCES = [join(__dirname, '../..'), join(__dirname, '../../../../../package-lock.json')];

const queueTables = (): DatabaseTemplate => ({
  name: 'queue',
  version: versionOfSources(...SOURCES),
  migrate: migrateQueueStore,
});

/** Creates an isolated database with the queue tables. */
export function createQueueDatabase(): Promise<TestDatabase> {
  return createTestDatabase(queueTables());
}
