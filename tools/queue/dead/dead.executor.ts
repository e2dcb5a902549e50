import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { runProgram } from '../program/run-program';
import { developmentEnvironment } from '../serve/environment';
import { ServeError } from '../serve/serve.error';
import {
  DiskFiles,
  PluginError,
  readQueueWorkspace,
  type Contract,
  type QueueWorkspace,
} from '../workspace/index';
import type { DeadOptions } from './dead-options';
import { contractsOfWorker, deadRequest } from './dead-request';

/** `nx run <worker>:dead [--job=<name>] [--id=<id>] [--redrive | --remove]` */
export default async function deadExecutor(
  options: DeadOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { root: workspaceRoot, projectName = '', projectsConfigurations } = context;
  try {
    const workspace = readQueueWorkspace(
      new DiskFiles(workspaceRoot),
      projectsConfigurations.projects,
    );
    const contracts = contractsOfWorker(workspace, projectName);
    const env = await developmentEnvironment(options.environmentCommand, {
      workspaceRoot,
      env: process.env,
      onLine: (line) => {
        process.stderr.write(`${line}\n`);
      },
    });
    const request = deadRequest(options, contracts, projectName, env);
    const program = { name: 'dead', source: entry(workspace, contracts), request };
    return { success: (await runProgram(workspaceRoot, workspace, program, env)) === 0 };
  } catch (error) {
    if (!(error instanceof PluginError || error instanceof ServeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return { success: false };
  }
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
