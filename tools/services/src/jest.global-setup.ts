import { resolve } from 'node:path';
import { sweepTestDatabases, testDatabasePrefix } from './test-databases';
import { up } from './up';

/**
 * Jest's globalSetup of every project whose tests need a database: starts the services if they do
 * not run, and tells the tests in TEST_DATABASE_URL where Postgres is (DATABASE_URL, if that is set).
 */
export default async function setUp(): Promise<void> {
  const { state } = await up(resolve(__dirname, '../../..'));
  const url = process.env['DATABASE_URL'] || state.databaseUrl;
  if (!url) throw new Error('No Postgres for the tests: neither DATABASE_URL nor a started one.');
  await sweepTestDatabases(url);
  process.env['TEST_DATABASE_URL'] = url;
  process.env['TEST_DATABASE_PREFIX'] = testDatabasePrefix();
}
