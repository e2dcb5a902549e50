import { join } from 'node:path';
import {
  createTestDatabase,
  type DatabaseTemplate,
  type TestDatabase,
  versionOfSources,
} from '@libs/testing';
import { migrateQueueStore } from '../migrate-queue-store';

/** This library, and the version of BullMQ, whose tables they are. */
const SOURCES = [join(__dirname, '../..'), join(__dirname, '../../../../../package-lock.json')];

const queueTables = (): DatabaseTemplate => ({
  name: 'queue',
  version: versionOfSources(...SOURCES),
  migrate: migrateQueueStore,
});

/** A database of the test's own, with the tables for queues. */
export function createQueueDatabase(): Promise<TestDatabase> {
  return createTestDatabase(queueTables());
}
