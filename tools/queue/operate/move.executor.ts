import { operateExecutor } from './operate-executor';

/** `nx run <worker>:move --from=<queue> --to=<job>`. */
export default operateExecutor('move', 'runMove');
