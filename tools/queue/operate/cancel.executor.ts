import { operateExecutor } from './operate-executor';

/** `nx run <worker>:cancel --job=<name> --id=<id>`. */
export default operateExecutor('cancel', 'runCancel');
