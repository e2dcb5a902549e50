import { hasRedis, REDIS_HINT } from './test-redis-server';

/** The notice that tests on Redis were skipped; undefined where they run. */
export function testsLeftOut(env: NodeJS.ProcessEnv): string | undefined {
  if (env['TEST_REDIS_URL'] || hasRedis(env)) return undefined;
  const line = '*'.repeat(80);
  return (
    `\n${line}\nTHE TESTS ON REDIS WERE SKIPPED: this machine has no redis-server.\n` +
    `To run them: ${REDIS_HINT}.\n${line}\n\n`
  );
}
