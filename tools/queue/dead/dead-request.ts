import {
  listContracts,
  listProcessors,
  type Contract,
  type QueueWorkspace,
} from '../workspace/index';
import { DeadError } from './dead.error';
import type { DeadOptions } from './dead-options';

/** What the program is told, as JSON on its standard input. */
export interface DeadRequest {
  /** Where the queues are. */
  url: string;
  /** The project that the person named, for messages. */
  project: string;
  action: 'list' | 'show' | 'redrive' | 'redrive-all' | 'remove';
  /** Undefined: any of the worker's. */
  job: string | undefined;
  /** Set if the action is about one job. */
  id: string | undefined;
  force: boolean;
  json: boolean;
  limit: number;
  cursor: string | undefined;
}

/** The contracts of the jobs that a worker runs, sorted by file. */
export function contractsOfWorker(workspace: QueueWorkspace, project: string): Contract[] {
  const worker = workspace.workers.find(({ name }) => name === project);
  if (worker === undefined) {
    const known = workspace.workers.map(({ name }) => name).join(', ');
    throw new DeadError(`"${project}" is no worker. This workspace has: ${known || 'none'}.`);
  }
  const all = listContracts(workspace);
  const run = new Set(listProcessors(workspace, worker, all).map(({ contract }) => contract));
  return all.filter((contract) => run.has(contract));
}

/** Throws `DeadError` if the options make no sense. */
export function deadRequest(
  options: DeadOptions,
  contracts: readonly Contract[],
  project: string,
  env: NodeJS.ProcessEnv,
): DeadRequest {
  const { job, force = false, json = false, limit = 50, cursor } = options;
  const names = contracts.flatMap(({ name }) => name ?? []).sort();
  if (job !== undefined && !names.includes(job)) {
    throw new DeadError(
      `"${project}" runs no job "${job}". It runs: ${names.join(', ') || 'none'}.`,
    );
  }
  if (!Number.isInteger(limit) || limit < 1) {
    throw new DeadError(`--limit must be a whole number of at least 1, and is ${limit}.`);
  }
  const url = env['QUEUE_URL'] || env['DATABASE_URL'];
  if (!url) {
    throw new DeadError(
      'Where are the queues? Set DATABASE_URL (or QUEUE_URL), or set "environmentCommand" ' +
        `in the options of the target to a command that prints it.`,
    );
  }
  const id = options.id === undefined ? undefined : String(options.id);
  const action = actionOf(options, id);
  return { url, project, action, job, id, force, json, limit, cursor };
}

function actionOf(
  { job, redrive = false, remove = false, all = false, force = false }: DeadOptions,
  id: string | undefined,
): DeadRequest['action'] {
  if (redrive && remove) throw new DeadError('Either --redrive or --remove, not both.');
  if (all && !redrive) throw new DeadError('--all goes with --redrive: --redrive --job=… --all');
  if (force && !redrive) throw new DeadError('--force goes with --redrive.');
  if (all && id !== undefined) throw new DeadError('Either --id or --all, not both.');
  if (all && job === undefined) throw new DeadError('Of which job? --redrive --job=… --all');
  if (all) return 'redrive-all';
  const needsId = redrive || remove;
  if (needsId && id === undefined) {
    throw new DeadError(
      remove
        ? 'Which one? --remove --id=…'
        : 'Which one? --redrive --id=…, or --redrive --job=… --all',
    );
  }
  if (redrive) return 'redrive';
  if (remove) return 'remove';
  return id === undefined ? 'list' : 'show';
}
