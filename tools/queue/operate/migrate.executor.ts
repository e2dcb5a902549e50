import { operateExecutor } from './operate-executor';

/** `nx run <worker>:migrate [--check]`. */
export default operateExecutor('migrate', 'runMigrate');
