import { operateExecutor } from './operate-executor';

/** `nx run <worker>:schedules`, `--run=<job>`. */
export default operateExecutor('schedules', 'runSchedules');
