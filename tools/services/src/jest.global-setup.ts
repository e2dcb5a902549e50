import { testsLeftOut } from './redis/left-out-tests';
import { startTestRedis } from './redis/test-redis-server';
import setUpPostgres from './jest.postgres-setup';

/**
 * Jest's globalSetup of every project whose tests need a database and may need Redis: does what
 * jest.postgres-setup.ts does, and passes the URL of Redis to the tests in TEST_REDIS_URL (a server started for this
 * run, unless it is set).
 */
export default async function setUp(): Promise<void> {
  await setUpPostgres();
  if (process.env['TEST_REDIS_URL']) return;
  const leftOut = testsLeftOut(process.env);
  if (leftOut === undefined) process.env['TEST_REDIS_URL'] = await startTestRedis();
  else process.stderr.write(leftOut);
}
