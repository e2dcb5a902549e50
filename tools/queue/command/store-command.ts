import { spawn } from 'node:child_process';
import { join, posix } from 'node:path';
import {
  type Contract,
  DiskFiles,
  PluginError,
  projectsOnDisk,
  type QueueWorkspace,
  readQueueWorkspace,
} from '../workspace/index';
import { commandInput } from './command-input';
import type { WorkerCommandName } from './command-list';
import { withProgramOf } from './command-program';
import { loadEnvFiles } from './env-files';
import { developmentEnvironment } from './environment';
import { keyOf, readPlan } from './read-plan';

/**
 * The queue store of the workspace cannot be asked what the queue of a job holds.
 *
 * To do: start the store, or set QUEUE_URL or DATABASE_URL to the one that is meant; `npx queue queues` asks the same.
 */
export class QueueStoreSilentError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_QUEUE_STORE_SILENT';
  /** What the store, or what should reach it, said. */
  readonly reason: string;

  constructor(job: string, reason: string, options?: ErrorOptions) {
    super(
      `The queue store cannot be asked for jobs of "${job}": ${reason.trim() || 'it gave no reason.'}`,
      options,
    );
    this.reason = reason.trim();
  }
}

/** A command of `npx queue` that a generator runs. */
export interface StoreCommand {
  readonly name: WorkerCommandName;
  /** The function of the runtime. */
  readonly run: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface CommandOutput {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command of `npx queue` about a job, on the store that the commands of the workspace use.
 *
 * @param roots the folders of the projects
 * @param find the contract of the job
 * @throws QueueStoreSilentError if the command cannot start
 */
export async function storeCommand(
  root: string,
  roots: readonly string[],
  find: (workspace: QueueWorkspace) => Contract,
  { name, run, options }: StoreCommand,
): Promise<CommandOutput> {
  const files = new DiskFiles(root);
  const projects = projectsOnDisk(files, projectFiles(files, roots));
  const workspace = readQueueWorkspace(files, projects);
  const plan = readPlan(root, workspace, projects);
  const contract = find(workspace);
  const key = keyOf(contract);
  const worker = plan.workers.find(({ contracts }) => contracts.includes(key)) ?? plan.workers[0];
  if (worker) loadEnvFiles(root, worker.root, name);
  try {
    const env = await developmentEnvironment(worker?.environmentCommands[name], {
      workspaceRoot: root,
      env: process.env,
      onLine: (line) => {
        process.stderr.write(`${line}\n`);
      },
    });
    const input = await commandInput(root, env, {
      command: `${plan.exec} queue ${name}`,
      startWorker: `${plan.exec} nx serve ${worker?.name ?? 'worker'}`,
      migrate: `${plan.exec} queue migrate`,
      options,
    });
    const task = { run, contracts: [key], input };
    return await withProgramOf(root, workspace, plan, contract, (program) =>
      execute(join(program, 'stdin.js'), task, root, env),
    );
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const job = contract.name ?? contract.constant;
    throw new QueueStoreSilentError(job, error.message, { cause: error });
  }
}

function projectFiles(files: DiskFiles, roots: readonly string[]): string[] {
  return roots
    .flatMap((folder) => ['package.json', 'project.json'].map((name) => posix.join(folder, name)))
    .filter((file) => files.isFile(file));
}

function execute(
  program: string,
  task: object,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<CommandOutput> {
  const child = spawn(process.execPath, ['--enable-source-maps', program], { cwd, env });
  const output: CommandOutput = { code: 1, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
  child.stdin.end(JSON.stringify(task));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ ...output, code: code ?? 1 });
    });
  });
}
