import { resolve } from 'node:path';
import { testsLeftOut } from './redis/left-out-tests';
import { startTestRedis } from './redis/test-redis-server';
import { sweepTestDatabases, testDatabasePrefix } from './test-databases';
import { up } from './up';

/**
 * Jest's globalSetup of every project whose tests need a database: starts the services if they do
 * not run, and tells the tests in TEST_DATABASE_URL where Postgres is (DATABASE_URL, if that is set),
 * and in TEST_REDIS_URL where Redis is (a server of this run's own, unless it is set).
 */
export default async function setUp(): Promise<void> {
  const { state } = await up(resolve(__dirname, '../../..'));
  const url = process.env['DATABASE_URL'] || state.databaseUrl;
  if (!url) throw new Error('No Postgres for the tests: neither DATABASE_URL nor a started one.');
  await sweepTestDatabases(url);
  process.env['TEST_DATABASE_URL'] = url;
  process.env['TEST_DATABASE_PREFIX'] = testDatabasePrefix();
  await setUpRedis();
}

async function setUpRedis(): Promise<void> {
  if (process.env['TEST_REDIS_URL']) return;
  const leftOut = testsLeftOut(process.env);
  if (leftOut === undefined) process.env['TEST_REDIS_URL'] = await startTestRedis();
  else process.stderr.write(leftOut);
}
