import { operateExecutor } from './operate-executor';

/** `nx run <worker>:resume --job=<name>`, or `--all`. */
export default operateExecutor('resume', 'runResume');
