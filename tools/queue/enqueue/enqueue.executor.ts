import type { ExecutorContext } from '@nx/devkit';
import { developmentEnvironment } from '../serve/environment';
import { ServeError } from '../serve/serve.error';
import { DiskFiles, PluginError, readQueueWorkspace } from '../workspace/index';
import type { EnqueueOptions } from './enqueue-options';
import { enqueueRequest, findContract } from './enqueue-request';
import { runProgram } from './run-program';

/** `nx run <worker>:enqueue --job=<name> --data='{…}'` */
export default async function enqueueExecutor(
  options: EnqueueOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { root: workspaceRoot, projectName = '', projectsConfigurations } = context;
  try {
    const workspace = readQueueWorkspace(
      new DiskFiles(workspaceRoot),
      projectsConfigurations.projects,
    );
    const contract = findContract(workspace, options.job);
    const env = await developmentEnvironment(options.environmentCommand, {
      workspaceRoot,
      env: process.env,
      onLine: (line) => {
        process.stderr.write(`${line}\n`);
      },
    });
    const request = enqueueRequest(options, projectName, env);
    const code = await runProgram(workspaceRoot, workspace, contract, request, env);
    return { success: code === 0 };
  } catch (error) {
    if (!(error instanceof PluginError || error instanceof ServeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return { success: false };
  }
}
