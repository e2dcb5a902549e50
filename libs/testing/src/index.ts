export { findBrowser } from './browser';
export { copyWorkspace, WORKSPACE_ROOT } from './copy-workspace';
export type { DatabaseTemplate } from './database-template';
export { freePort } from './free-port';
export { InterruptibleProxy } from './interruptible-proxy';
export { isAlive } from './is-alive';
export { hasPgBouncer, PgBouncer } from './pgbouncer';
export {
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
  traceTree,
} from './otlp-receiver';
export { PseudoTerminal, type PseudoTerminalOptions } from './pseudo-terminal';
export { RedisCluster, type RedisClusterOptions } from './redis-cluster';
export { RedisSentinels, type RedisSentinelsOptions } from './redis-sentinels';
export { hasPromtool, promtool, type PromtoolResult } from './promtool';
export { type RedisLaunch, RedisServer } from './redis-server';
export { SocketProxy } from './socket-proxy';
export { versionOfSources } from './source-version';
export { type ReceivedMail, type TestSmtpServer, startSmtpServer } from './smtp-server';
export {
  OpenConnectionsError,
  type TestDatabase,
  TestDatabaseError,
  createTestDatabase,
} from './test-database';
export { createTestRedis, hasTestRedis, type TestRedis, TestRedisError } from './test-redis';
export { ConditionTimeoutError, type UntilOptions, until } from './until';
export { untilStatementWaits } from './until-statement-waits';
