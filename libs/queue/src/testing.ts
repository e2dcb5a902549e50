export {
  runHandler,
  type HandledChildren,
  type HandledJob,
  type RunHandlerOptions,
} from './testing/run-handler';
export {
  startProcessor,
  type QueueHarness,
  type QueueHarnessOptions,
} from './testing/queue-harness';
