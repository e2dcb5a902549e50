export { beforeCrash } from './before-crash';
export { ConnectionBudget, type ConnectionBudgetOptions } from './connection-budget';
export { ConnectionBudgetError } from './connection-budget.error';
export {
  type ConnectionPool,
  ConnectionPools,
  type PoolUse,
  type ServerAnswer,
} from './connection-pools';
export { ExitCode } from './exit-code';
export { healthHandler, type HttpHandler } from './health-handler';
export { HealthModule } from './health.module';
export {
  type HttpServer,
  type ServerAddress,
  startHealthServer,
  startHttpServer,
} from './health-server';
export {
  Readiness,
  type ReadinessCheck,
  type ReadinessReport,
  type ReadinessState,
} from './readiness';
export { isStoppedStart, stopOnSignal, type StopOptions } from './stop-on-signal';
export { warnOfProcessLimits } from './process-limits';
