import { findContract } from '../workspace/index';
import { storeCommand } from './store-command';

/** What became of the jobs of a renamed job. */
export interface MovedJobs {
  /** What was moved, and what was not. */
  text: string;
  /** Whether the queue of the old name has no job left. */
  isComplete: boolean;
}

/**
 * Moves the jobs of a renamed job to the queue of its new name, in the store that the commands of the workspace use.
 *
 * @param roots the folders of the projects
 * @throws QueueStoreSilentError
 */
export async function moveRenamed(
  root: string,
  roots: readonly string[],
  from: string,
  to: string,
): Promise<MovedJobs> {
  const command = { name: 'move', run: 'runMove', options: { from, to } } as const;
  const find = (workspace: Parameters<typeof findContract>[0]) => findContract(workspace, to);
  const { code, stdout, stderr } = await storeCommand(root, roots, find, command);
  return { text: `${stderr}${stdout}`.trim(), isComplete: code === 0 };
}
