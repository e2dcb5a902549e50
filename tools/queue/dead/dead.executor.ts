import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { runWorkerCommand } from '../command/worker-command';
import type { Contract, QueueWorkspace } from '../workspace/index';
import type { DeadOptions } from './dead-options';
import { contractsOfWorker, deadRequest } from './dead-request';

/** `nx run <worker>:dead [--job=<name>] [--id=<id>] [--redrive | --remove]` */
export default function deadExecutor(
  options: DeadOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return runWorkerCommand(context, options.environmentCommand, (workspace, worker) => {
    const contracts = contractsOfWorker(workspace, worker);
    const source = entry(workspace, contracts);
    return (env) => ({
      name: 'dead',
      source,
      request: deadRequest(options, contracts, worker, env),
    });
  });
}

function entry(workspace: QueueWorkspace, contracts: readonly Contract[]): string {
  const names = contracts.map((_, index) => `job${index}`);
  return [
    `import { runDeadProgram } from ${JSON.stringify(join(__dirname, 'dead-program.ts'))};`,
    `import * as runtime from ${JSON.stringify(workspace.runtime.producer)};`,
    ...contracts.map(
      ({ constant, file }, index) =>
        `import { ${constant} as job${index} } from ${JSON.stringify(`./${file}`)};`,
    ),
    `void runDeadProgram(runtime, [${names.join(', ')}]);`,
  ].join('\n');
}
