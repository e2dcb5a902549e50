import type { Contract } from '../workspace/index';
import { QueueStoreSilentError, storeCommand } from './store-command';

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
  const command = { name: 'queues', run: 'runQueues', options: { job, json: true } } as const;
  const { code, stdout, stderr } = await storeCommand(root, roots, () => contract, command);
  const [, store = 'the queue store'] = /^Queues: (.*)$/m.exec(stderr) ?? [];
  if (NO_TABLES.test(stderr)) return { ...NOTHING, store };
  if (code !== 0) throw new QueueStoreSilentError(job, stderr);
  const [status] = JSON.parse(stdout) as [Omit<QueueCounts, 'store'>];
  return { ...status, store };
}
