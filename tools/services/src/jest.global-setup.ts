import { resolve } from 'node:path';
import { testsLeftOut } from './redis/left-out-tests';
import { startTestRedis } from './redis/test-redis-server';
import { sweepTestDatabases, testDatabasePrefix } from './test-databases';
import { upForTests } from './up-for-tests';

/**
 * Jest's globalSetup of every project whose tests need a database: starts the test Postgres unless it runs,
 * and passes its URL to the tests in TEST_DATABASE_URL (DATABASE_URL, if that is set), and the URL of Redis
 * in TEST_REDIS_URL (a server started for this run, unless it is set).
 */
export default async function setUp(): Promise<void> {
  const url = process.env['DATABASE_URL'] || (await upForTests(resolve(__dirname, '../../..')));
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
