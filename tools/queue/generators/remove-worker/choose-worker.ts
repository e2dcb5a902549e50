import { findWorker, type Project, type QueueWorkspace } from '../../workspace/index';
import { missingName, type Terminal } from '../plan/choose-job';
import { CancelledError, isInteractive } from '../plan/interactive';

/**
 * The worker that was named, or the answer to which one is meant. Also the only one is asked for.
 *
 * @throws UnknownWorkerError
 * @throws NameMissingError if there is no terminal to ask on
 * @throws CancelledError
 */
export async function chooseWorker(
  workspace: QueueWorkspace,
  given: string | undefined,
  terminal?: Terminal,
): Promise<Project> {
  if (given !== undefined) return findWorker(workspace, given);
  const { workers } = workspace;
  if ((terminal === undefined && !isInteractive()) || workers.length === 0) {
    throw missingName('remove-worker media');
  }
  const { isCancel, select } = await import('@clack/prompts');
  const options = workers.map(({ name }) => ({ value: name }));
  const chosen = await select({ message: 'Which worker goes?', options, ...terminal });
  if (isCancel(chosen)) throw new CancelledError();
  return findWorker(workspace, chosen);
}
