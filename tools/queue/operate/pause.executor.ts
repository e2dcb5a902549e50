import { operateExecutor } from './operate-executor';

/** `nx run <worker>:pause --job=<name>`, or `--all`. */
export default operateExecutor('pause', 'runPause');
