export { ExitCode } from './exit-code';
export { healthHandler, type HealthHandler } from './health-handler';
export { HealthModule } from './health.module';
export { startHealthServer, type HealthServer } from './health-server';
export {
  Readiness,
  type ReadinessCheck,
  type ReadinessReport,
  type ReadinessState,
} from './readiness';
export { isStoppedStart, stopOnSignal, type StopOptions } from './stop-on-signal';
