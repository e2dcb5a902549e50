import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { executorResult, type ExecutorResult } from '../terminal/executor-result';
import {
  type Contract,
  TracedFiles,
  type QueueWorkspace,
  readQueueWorkspace,
} from '../workspace/index';
import { commandInput } from './command-input';
import type { WorkerCommand } from './command-list';
import { commandProgram } from './command-program';
import { developmentEnvironment } from './environment';
import { keyOf, readPlan } from './read-plan';

/** Nx has checked them against schema.json; all but `environmentCommand` are for the runtime. */
export interface WorkerCommandOptions {
  /** Prints where the queues are, as a JSON object of variables, if the environment does not say. */
  environmentCommand?: string;
  [option: string]: unknown;
}

export interface ExecutedCommand extends WorkerCommand {
  /** The contracts that it gets. */
  contracts: (workspace: QueueWorkspace, worker: string) => readonly Contract[];
}

/**
 * Runs a command of a worker that works with its queues. The runtime of the workspace has the command; it runs in a
 * process of its own, because contracts are TypeScript with the import paths of the workspace, and because the executor
 * should not depend on what Nx happens to load plugins with.
 */
export function runWorkerCommand(
  { root, projectName = '', projectsConfigurations }: ExecutorContext,
  { environmentCommand, ...options }: WorkerCommandOptions,
  { name, run, contracts }: ExecutedCommand,
): Promise<ExecutorResult> {
  return executorResult(async () => {
    const { projects } = projectsConfigurations;
    const files = new TracedFiles(root);
    const workspace = readQueueWorkspace(files, projects);
    const keys = contracts(workspace, projectName).map(keyOf);
    const env = await developmentEnvironment(environmentCommand, {
      workspaceRoot: root,
      env: process.env,
      onLine: (line) => {
        process.stderr.write(`${line}\n`);
      },
    });
    const plan = readPlan(root, workspace, projects);
    const input = await commandInput(root, env, {
      command: `${plan.exec} nx run ${projectName}:${name}`,
      startWorker: `${plan.exec} nx serve ${projectName}`,
      migrate: `${plan.exec} queue migrate`,
      options,
    });
    const program = await commandProgram(root, workspace, plan, files.seen);
    return (await runTask(program, { run, contracts: keys, input }, root, env)) === 0;
  });
}

function runTask(
  program: string,
  task: object,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(process.execPath, ['--enable-source-maps', join(program, 'stdin.js')], {
    cwd,
    env,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(JSON.stringify(task));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}
