import type { ExecutorContext } from '@nx/devkit';
import { developmentEnvironment } from './environment';
import { executorResult, type ExecutorResult } from '../terminal/executor-result';
import { DiskFiles, readQueueWorkspace, type QueueWorkspace } from '../workspace/index';
import { type Program, runProgram } from './run-program';

/** Looks at the workspace, and gives the program, once it is known where the queues are. */
type PrepareProgram = (
  workspace: QueueWorkspace,
  worker: string,
) => (env: NodeJS.ProcessEnv) => Program;

/**
 * Runs a command of a worker that works with its queues.
 *
 * @param environmentCommand tells where the queues are, if the environment does not
 */
export function runWorkerCommand(
  { root, projectName = '', projectsConfigurations }: ExecutorContext,
  environmentCommand: string | undefined,
  prepare: PrepareProgram,
): Promise<ExecutorResult> {
  return executorResult(async () => {
    const workspace = readQueueWorkspace(new DiskFiles(root), projectsConfigurations.projects);
    const program = prepare(workspace, projectName);
    const env = await developmentEnvironment(environmentCommand, {
      workspaceRoot: root,
      env: process.env,
      onLine: (line) => {
        process.stderr.write(`${line}\n`);
      },
    });
    return (await runProgram(root, workspace, program(env), env)) === 0;
  });
}
