import { operateExecutor } from './operate-executor';

/** `nx run <worker>:queues [--job=<name>]`. */
export default operateExecutor('queues', 'runQueues');
