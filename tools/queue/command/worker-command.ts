import { readFile } from 'node:fs/promises';
import { detectPackageManager, type ExecutorContext, getPackageManagerCommand } from '@nx/devkit';
import { executorResult, type ExecutorResult } from '../terminal/executor-result';
import {
  type Contract,
  DiskFiles,
  PluginError,
  type QueueWorkspace,
  readQueueWorkspace,
} from '../workspace/index';
import { developmentEnvironment } from './environment';
import { runProgram } from './run-program';

/** Nx has checked them against schema.json; all but `environmentCommand` are for the runtime. */
export interface WorkerCommandOptions {
  /** Prints where the queues are, as a JSON object of variables, if the environment does not say. */
  environmentCommand?: string;
  [option: string]: unknown;
}

export interface WorkerCommand {
  /** The name of the target. */
  name: string;
  /** The function that the runtime exports for it. */
  run: string;
  /** The contracts that it gets. */
  contracts: (workspace: QueueWorkspace, worker: string) => readonly Contract[];
}

/**
 * A command of a worker does not know where the queues are.
 *
 * To do: set QUEUE_URL or DATABASE_URL, or set `environmentCommand` in the options of the target to a command
 * that prints one of them.
 */
export class NoQueueStoreError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NO_QUEUE_STORE';

  constructor() {
    super(
      'No queue store configured. Set QUEUE_URL or DATABASE_URL, or set "environmentCommand" ' +
        'in the options of the target to a command that prints one of them.',
    );
  }
}

/** Runs a command of a worker that works with its queues. The runtime of the workspace has the command. */
export function runWorkerCommand(
  { root, projectName = '', projectsConfigurations }: ExecutorContext,
  { environmentCommand, ...options }: WorkerCommandOptions,
  { name, run, contracts }: WorkerCommand,
): Promise<ExecutorResult> {
  return executorResult(async () => {
    const workspace = readQueueWorkspace(new DiskFiles(root), projectsConfigurations.projects);
    const source = entry(workspace, run, contracts(workspace, projectName));
    const env = await developmentEnvironment(environmentCommand, {
      workspaceRoot: root,
      env: process.env,
      onLine: (line) => {
        process.stderr.write(`${line}\n`);
      },
    });
    const url = env['QUEUE_URL'] || env['DATABASE_URL'];
    if (!url) throw new NoQueueStoreError();
    const { exec } = getPackageManagerCommand(detectPackageManager(root), root);
    const password = await passwordIn(
      env['QUEUE_PASSWORD_FILE'] || (env['QUEUE_URL'] ? undefined : env['DATABASE_PASSWORD_FILE']),
    );
    const input = {
      url,
      password,
      command: `${exec} nx run ${projectName}:${name}`,
      startWorker: `${exec} nx serve ${projectName}`,
      options,
    };
    return (await runProgram(root, workspace, { name, source, input }, env)) === 0;
  });
}

/** The process that is started is a short one, so it is enough to read the file once. */
async function passwordIn(file: string | undefined): Promise<string | undefined> {
  return file ? (await readFile(file, 'utf8')).replace(/\r?\n$/, '') : undefined;
}

function entry({ runtime }: QueueWorkspace, run: string, contracts: readonly Contract[]): string {
  return [
    `import { ${run} } from ${JSON.stringify(runtime.cli)};`,
    ...contracts.map(
      ({ constant, file }, index) =>
        `import { ${constant} as job${index} } from ${JSON.stringify(`./${file}`)};`,
    ),
    `void ${run}(${contracts.map((_, index) => `job${index}`).join(', ')});`,
  ].join('\n');
}
