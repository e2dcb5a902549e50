export { CodedError, isUserFacing, UserFacingError } from './coded.error';
export { ConfigError, type ConfigProblem } from './config.error';
export { dataSourceOf, namedDataSource, type NamedDataSource } from './data-source-variables';
export { defineConfig, type ConfigSchema } from './define-config';
export { describeConfig, type ConfigRow } from './describe-config';
export { describeFailure, exitWithReason } from './exit-with-reason';
export { loadConfig } from './load-config';
export { PortUnavailableError } from './port-unavailable.error';
export { ProcessLogger, type ProcessLoggerOptions } from './process-logger';
export { queuePageVariables } from './queue-page-variables';
export { connectionBudgetOf, databaseOf, queueStoreOf } from './queue-store-of';
export { processVariables } from './process-variables';
export { type Secret, secretFile } from './secret-file';
export { correctTelemetryVariables } from './telemetry-variables';
export { isTraced } from './tracing-variables';
export {
  addresses,
  byteSize,
  duration,
  integer,
  LONGEST_DURATION,
  port,
  type Rate,
  rateOrOff,
  urlOf,
} from './variables';
