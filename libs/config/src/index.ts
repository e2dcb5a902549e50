export { ConfigError, type ConfigProblem } from './config.error';
export { defineConfig, type ConfigSchema } from './define-config';
export { describeConfig, type ConfigRow } from './describe-config';
export { describeFailure, exitWithReason } from './exit-with-reason';
export { loadConfig } from './load-config';
export { PortUnavailableError } from './port-unavailable.error';
export { isUserFacing, UserFacingError } from './user-facing.error';
export { byteSize, duration, integer, port, urlOf } from './variables';
