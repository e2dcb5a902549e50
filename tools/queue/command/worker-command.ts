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

/**
 * A command of a worker cannot read the password of the queue store.
 *
 * To do: correct the path in the variable that the message names, or allow your account to read the file.
 */
export class PasswordFileError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_PASSWORD_FILE';

  constructor(variable: string, file: string, cause: unknown) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'which does not exist' : `which cannot be read (${code})`;
    super(
      `${variable} names ${file}, ${reason}. Correct the path, or allow this account to read it.`,
      {
        cause,
      },
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
    const ofDatabase = env['QUEUE_URL'] ? undefined : 'DATABASE_PASSWORD_FILE';
    const input = {
      url,
      password: await passwordIn(
        env,
        env['QUEUE_PASSWORD_FILE'] ? 'QUEUE_PASSWORD_FILE' : ofDatabase,
      ),
      sentinelPassword: await passwordIn(env, 'QUEUE_SENTINEL_PASSWORD_FILE'),
      replicas: env['QUEUE_REPLICAS'],
      command: `${exec} nx run ${projectName}:${name}`,
      startWorker: `${exec} nx serve ${projectName}`,
      options,
    };
    return (await runProgram(root, workspace, { name, source, input }, env)) === 0;
  });
}

/** The process that is started is a short one, so it is enough to read the file once. */
async function passwordIn(
  env: NodeJS.ProcessEnv,
  variable: string | undefined,
): Promise<string | undefined> {
  const file = variable && env[variable];
  if (!variable || !file) return undefined;
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new PasswordFileError(variable, file, error);
  }
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
