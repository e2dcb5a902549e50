import { operateExecutor } from './operate-executor';

/** `nx run <worker>:drain --job=<name> [--delayed] [--force]`. */
export default operateExecutor('drain', 'runDrain');
