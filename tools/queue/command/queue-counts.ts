import { spawn } from 'node:child_process';
import { join, posix } from 'node:path';
import {
  type Contract,
  PluginError,
  projectsOnDisk,
  readQueueWorkspace,
  TracedFiles,
} from '../workspace/index';
import { commandInput } from './command-input';
import { commandProgram } from './command-program';
import { loadEnvFiles } from './env-files';
import { developmentEnvironment } from './environment';
import { keyOf, readPlan } from './read-plan';

/** What the queue of a job holds, by the states of jobs that have not ended well. */
export interface QueueCounts {
  /** The store that was asked, for people: `PostgreSQL localhost:5432/app`. */
  store: string;
  waiting: number;
  due: number;
  delayed: number;
  running: number;
  /** Dead jobs. */
  failed: number;
  waitingForChildren: number;
}

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

/** What the runtime says of a database that has never had a job. */
const NO_TABLES = / has no queue tables yet\./;

const NOTHING = { waiting: 0, due: 0, delayed: 0, running: 0, failed: 0, waitingForChildren: 0 };

/**
 * Asks the store that the commands of the workspace use what the queue of a contract holds.
 *
 * @param roots the folders of the projects
 * @throws QueueStoreSilentError
 */
export async function queueCounts(
  root: string,
  roots: readonly string[],
  contract: Contract,
): Promise<QueueCounts> {
  const job = contract.name ?? contract.constant;
  const files = new TracedFiles(root);
  const projects = projectsOnDisk(files, projectFiles(files, roots));
  const workspace = readQueueWorkspace(files, projects);
  const plan = readPlan(root, workspace, projects);
  const key = keyOf(contract);
  const worker = plan.workers.find(({ contracts }) => contracts.includes(key)) ?? plan.workers[0];
  if (worker) loadEnvFiles(root, worker.root, 'queues');
  try {
    const env = await developmentEnvironment(worker?.environmentCommands['queues'], {
      workspaceRoot: root,
      env: process.env,
      onLine: (line) => {
        process.stderr.write(`${line}\n`);
      },
    });
    const input = await commandInput(root, env, {
      command: `${plan.exec} queue queues`,
      startWorker: `${plan.exec} nx serve ${worker?.name ?? 'worker'}`,
      migrate: `${plan.exec} queue migrate`,
      options: { job, json: true },
    });
    const program = await commandProgram(root, workspace, plan, files.seen);
    const task = { run: 'runQueues', contracts: [key], input };
    const { code, stdout, stderr } = await run(join(program, 'stdin.js'), task, root, env);
    const [, store = 'the queue store'] = /^Queues: (.*)$/m.exec(stderr) ?? [];
    if (NO_TABLES.test(stderr)) return { ...NOTHING, store };
    if (code !== 0) throw new QueueStoreSilentError(job, stderr);
    const [status] = JSON.parse(stdout) as [Omit<QueueCounts, 'store'>];
    return { ...status, store };
  } catch (error) {
    if (error instanceof QueueStoreSilentError || !(error instanceof PluginError)) throw error;
    throw new QueueStoreSilentError(job, error.message, { cause: error });
  }
}

function projectFiles(files: TracedFiles, roots: readonly string[]): string[] {
  return roots
    .flatMap((folder) => ['package.json', 'project.json'].map((name) => posix.join(folder, name)))
    .filter((file) => files.isFile(file));
}

interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

function run(program: string, task: object, cwd: string, env: NodeJS.ProcessEnv): Promise<Output> {
  const child = spawn(process.execPath, ['--enable-source-maps', program], { cwd, env });
  const output: Output = { code: 1, stdout: '', stderr: '' };
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
