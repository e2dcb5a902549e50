import type { Tree } from '@nx/devkit';
import { type QueueCounts, queueCounts, QueueStoreSilentError } from '../../command/queue-counts';
import type { Contract } from '../../workspace/index';
import { projectRoots } from './tree-workspace';
import type { Obstacle } from './standing-in-the-way';

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

/** What stands in the way because of the jobs in the store: some are there, or nobody can say. */
export async function obstaclesInStore(
  tree: Tree,
  contract: Contract,
  check: StoreCheck,
): Promise<Obstacle[]> {
  const job = contract.name ?? contract.constant;
  try {
    const counts = await check(tree, contract);
    const states = STATES.filter(([state]) => counts[state] > 0);
    if (states.length === 0) return [];
    const list = states.map(([state, text]) => `${counts[state]} ${text}`).join(', ');
    return [
      {
        reason: `Its queue "${job}" has jobs (${counts.store}): ${list}. Let the worker finish them, or:`,
        places: howToEmpty(job, counts),
      },
    ];
  } catch (error) {
    if (!(error instanceof QueueStoreSilentError)) throw error;
    return [{ reason: `${error.message} Then run this again.`, places: [] }];
  }
}

/** The commands that empty a queue. */
function howToEmpty(job: string, counts: QueueCounts): string[] {
  const { waiting, due, delayed, running, failed, waitingForChildren } = counts;
  return [
    ...(waiting + due + delayed > 0
      ? [`npx queue drain --job=${job} --delayed --force  removes those that wait, for good`]
      : []),
    ...(running + waitingForChildren > 0
      ? [`npx queue cancel --job=${job} --id=<id>  ends one that runs`]
      : []),
    ...(failed > 0
      ? [
          `npx queue dead --job=${job} --redrive --all  runs the dead ones again`,
          `npx queue dead --job=${job} --id=<id> --remove  removes one of them`,
        ]
      : []),
  ];
}
