import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { runWorkerCommand } from '../command/worker-command';
import type { Contract, QueueWorkspace } from '../workspace/index';
import type { EnqueueOptions } from './enqueue-options';
import { enqueueRequest, findContract } from './enqueue-request';

/** `nx run <worker>:enqueue --job=<name> --data='{…}'` */
export default function enqueueExecutor(
  options: EnqueueOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return runWorkerCommand(context, options.environmentCommand, (workspace, worker) => {
    const source = entry(workspace, findContract(workspace, options.job));
    return (env) => ({ name: 'enqueue', source, request: enqueueRequest(options, worker, env) });
  });
}

function entry(workspace: QueueWorkspace, { constant, file }: Contract): string {
  const program = join(__dirname, 'enqueue-program.ts');
  return [
    `import { runEnqueueProgram } from ${JSON.stringify(program)};`,
    `import * as runtime from ${JSON.stringify(workspace.runtime.producer)};`,
    `import { ${constant} } from ${JSON.stringify(`./${file}`)};`,
    `void runEnqueueProgram(runtime, ${constant});`,
  ].join('\n');
}
