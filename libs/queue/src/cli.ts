// The commands of a worker, `enqueue` and `dead`. Who offers them bundles this with the contracts, and runs it
// in a process of its own with a `CommandInput` on its standard input. An application has no use for it.
import 'reflect-metadata';

export type { CommandInput } from './cli/run-command';
export { CommandError } from './cli/command.error';
export type { DeadOptions } from './cli/dead-request';
export { runDead } from './cli/dead-command';
export type { EnqueueOptions } from './cli/enqueue-request';
export { runEnqueue } from './cli/enqueue-command';
