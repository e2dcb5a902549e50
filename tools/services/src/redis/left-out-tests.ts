import { hasRedis, REDIS_HINT } from './test-redis-server';

/** What to tell who runs the tests where those on Redis cannot run; undefined where they do. */
export function testsLeftOut(env: NodeJS.ProcessEnv): string | undefined {
  if (env['TEST_REDIS_URL'] || hasRedis(env)) return undefined;
  const line = '*'.repeat(80);
  return (
    `\n${line}\nTHE TESTS ON REDIS ARE LEFT OUT: this machine has no redis-server.\n` +
    `To run them: ${REDIS_HINT}.\n${line}\n\n`
  );
}
