import { resolve } from 'node:path';
import { sweepTestDatabases, testDatabasePrefix } from './test-databases';
import { upForTests } from './up-for-tests';

/**
 * Jest's globalSetup of a project whose tests need a database: starts the test Postgres unless it runs, and passes its
 * URL to the tests in TEST_DATABASE_URL (DATABASE_URL, if that is set).
 */
export default async function setUp(): Promise<void> {
  const url = process.env['DATABASE_URL'] || (await upForTests(resolve(__dirname, '../../..')));
  await sweepTestDatabases(url);
  process.env['TEST_DATABASE_URL'] = url;
  process.env['TEST_DATABASE_PREFIX'] = testDatabasePrefix();
}
