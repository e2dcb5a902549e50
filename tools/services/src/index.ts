export { describeUp } from './describe';
export { developmentEnvironment } from './development-environment';
export { type DownResult, down } from './down';
export { type PrivatePostgres, privateRefuge, startPrivatePostgres } from './private-postgres';
export { hasRedis, REDIS_HINT } from './redis/test-redis-server';
export { ServicesError } from './services.error';
export { type ServicesStatus, status } from './status';
export { type UpResult, up } from './up';
