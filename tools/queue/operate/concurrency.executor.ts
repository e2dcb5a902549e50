import { operateExecutor } from './operate-executor';

/** `nx run <worker>:concurrency --job=<name> [--global=<limit>]`. */
export default operateExecutor('concurrency', 'runConcurrency');
