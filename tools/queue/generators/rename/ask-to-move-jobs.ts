import type { QueueCounts } from '../../command/queue-counts';
import type { Terminal } from '../plan/choose-job';
import { CancelledError, isInteractive } from '../plan/interactive';
import { describeCounts } from '../plan/jobs-in-store';

/**
 * Whether the jobs of the old name are to be moved; no if there is no terminal to ask on.
 *
 * @throws CancelledError
 */
export async function askToMoveJobs(
  counts: QueueCounts,
  [job, next]: readonly [string, string],
  terminal?: Terminal,
): Promise<boolean> {
  if (terminal === undefined && !isInteractive()) return false;
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message: `Move the jobs of "${job}" to the queue "${next}"? There are ${describeCounts(counts)}, in ${counts.store}.`,
    ...terminal,
  });
  if (isCancel(answer)) throw new CancelledError();
  return answer;
}
