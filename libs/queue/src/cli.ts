// The commands of a worker, such as `enqueue` and `dead`. To offer them, bundle this with the contracts and call
// them with a `CommandInput`, or in a separate process with one on its standard input. Applications do not need it.
import 'reflect-metadata';

export type { CommandInput, InputOf } from './cli/run-command';
export { CommandError } from './cli/command.error';
export type { DeadOptions } from './cli/dead-request';
export { runDead } from './cli/dead-command';
export type { CancelCommandOptions } from './cli/cancel-command';
export { runCancel } from './cli/cancel-command';
export { type ConcurrencyOptions, runConcurrency } from './cli/concurrency-command';
export { type DrainCommandOptions, runDrain } from './cli/drain-command';
export { type MigrateOptions, runMigrate } from './cli/migrate-command';
export { type MoveOptions, runMove } from './cli/move-command';
export { type PauseOptions, runPause, runResume } from './cli/pause-command';
export { type QueuesOptions, runQueues } from './cli/queues-command';
export type { SchedulesOptions } from './cli/schedules-request';
export { runSchedules } from './cli/schedules-command';
export { runCheckSchedule } from './cli/check-schedule';
export type { EnqueueOptions } from './cli/enqueue-request';
export { runEnqueue } from './cli/enqueue-command';
