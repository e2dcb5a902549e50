import type { Tree } from '@nx/devkit';
import { type QueueCounts, queueCounts } from '../../command/queue-counts';
import { QueueStoreSilentError } from '../../command/store-command';
import type { Contract } from '../../workspace/index';
import { projectRoots } from './tree-workspace';
import type { Obstacle } from './standing-in-the-way';
import { packageManager } from '../../workspace/package-manager';

/** Asks the queue store what the queue of a contract holds. Throws `QueueStoreSilentError`. */
export type StoreCheck = (tree: Tree, contract: Contract) => Promise<QueueCounts>;

/** Of the store that the commands of the workspace use. */
export const askStore: StoreCheck = (tree, contract) =>
  queueCounts(tree.root, projectRoots(tree), contract);

const STATES = [
  ['waiting', 'waiting'],
  ['due', 'due'],
  ['delayed', 'delayed'],
  ['running', 'running'],
  ['waitingForChildren', 'waiting for children'],
  ['failed', 'dead'],
] as const satisfies readonly (readonly [keyof QueueCounts, string])[];

/** What the store holds of a contract's jobs, or why nobody can say. */
export async function askForJobs(
  tree: Tree,
  contract: Contract,
  check: StoreCheck,
): Promise<QueueCounts | QueueStoreSilentError> {
  try {
    return await check(tree, contract);
  } catch (error) {
    if (error instanceof QueueStoreSilentError) return error;
    throw error;
  }
}

/** `3 waiting, 1 dead`; empty if there are none. */
export function describeCounts(counts: QueueCounts): string {
  return STATES.filter(([state]) => counts[state] > 0)
    .map(([state, text]) => `${counts[state]} ${text}`)
    .join(', ');
}

/**
 * What stands in the way because of the jobs in the store: some are there, or nobody can say.
 *
 * @param advice commands to name before those that empty a queue, each with what it does
 */
export function storeObstacles(
  job: string,
  found: QueueCounts | QueueStoreSilentError,
  advice: readonly string[] = [],
): Obstacle[] {
  if (found instanceof QueueStoreSilentError) {
    return [{ reason: `${found.message} Then run this again.`, places: [] }];
  }
  const list = describeCounts(found);
  if (list === '') return [];
  return [
    {
      reason: `Its queue "${job}" has jobs (${found.store}): ${list}. Let the worker finish them, or:`,
      places: [...advice, ...howToEmpty(job, found)],
    },
  ];
}

/** The commands that empty a queue. */
function howToEmpty(job: string, counts: QueueCounts): string[] {
  const { waiting, due, delayed, running, failed, waitingForChildren } = counts;
  const { exec } = packageManager();
  return [
    ...(waiting + due + delayed > 0
      ? [`${exec} queue drain --job=${job} --delayed --force  removes those that wait, for good`]
      : []),
    ...(running + waitingForChildren > 0
      ? [`${exec} queue cancel --job=${job} --id=<id>  ends one that runs`]
      : []),
    ...(failed > 0
      ? [
          `${exec} queue dead --job=${job} --redrive --all  runs the dead ones again`,
          `${exec} queue dead --job=${job} --id=<id> --remove  removes one of them`,
        ]
      : []),
  ];
}
