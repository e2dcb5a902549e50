import type { Tree } from '@nx/devkit';
import { PLUGIN_NAME } from '../../workspace/index';
import { RUNTIME_PACKAGE } from '../../workspace/runtime-package';
import { type ModuleChanges, renameExports } from '../renamed-exports';

const DEFAULTS = 'defineJob applies the defaults: leave them out, or write the values.';
const STORE = 'QueueModule opens the store, and @InjectQueue of @nestjs/bullmq injects a queue.';

const CHANGES: readonly ModuleChanges[] = [
  {
    module: RUNTIME_PACKAGE,
    renamed: { JobDefinition: 'JobContract', InvalidTimeoutError: 'InvalidOptionError' },
    removed: {
      DEFAULT_JOB_OPTIONS: DEFAULTS,
      DEFAULT_RETENTION: DEFAULTS,
      QueueStore: STORE,
      openQueueStore: STORE,
    },
  },
  {
    module: `${RUNTIME_PACKAGE}/consumer`,
    members: { WorkersService: { leftUnfinished: 'hadUnfinishedJobs' } },
  },
  { module: `${PLUGIN_NAME}/serve`, renamed: { ServeError: 'PluginError' } },
];

/** Gives what version 0.1 exported its names of version 0.2. @returns what is left to a person */
export default function renameExportsOfFirstVersion(tree: Tree): string[] {
  return renameExports(tree, CHANGES);
}
