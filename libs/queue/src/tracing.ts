export { startTracing, type Tracing } from './tracing/start-tracing';
