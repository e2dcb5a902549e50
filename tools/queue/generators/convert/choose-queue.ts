import { didYouMean } from '../../terminal/similar-names';
import { packageManager, PLUGIN_NAME, PluginError } from '../../workspace/index';
import type { Terminal } from '../plan/choose-job';
import { CancelledError, isInteractive, NameMissingError } from '../plan/interactive';
import type { OldQueue } from './read-queues';

/**
 * There is no queue of @nestjs/bullmq to convert, or none with the name that was given.
 *
 * To do: pass a name that the message lists. Queues of @nestjs/bull (Bull 4) are not read: see the guide on coming from Bull.
 */
export class NoSuchQueueError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NO_SUCH_QUEUE';
}

/** What is said besides, where jobs run with Bull 4. */
const BULL =
  ' Its queues are those of @nestjs/bull (Bull 4), which is not read: write each job anew, as in the guide on coming from Bull.';

/** The queue that was named, or the only one there is; asks if there are several and it can. */
export async function chooseQueue(
  queues: readonly OldQueue[],
  given: string | undefined,
  { usesBull, terminal }: { usesBull: boolean; terminal?: Terminal | undefined },
): Promise<OldQueue> {
  const names = queues.map(({ name }) => name).sort();
  const [only, second] = queues;
  if (!only) {
    throw new NoSuchQueueError(
      'No file of this workspace has a queue of @nestjs/bullmq whose name can be read: @Processor, BullModule.registerQueue or ' +
        '@InjectQueue with a string or a constant. Nothing was written.' +
        (usesBull ? BULL : ''),
    );
  }
  if (given !== undefined) {
    const named = queues.find(({ name }) => name === given);
    if (named) return named;
    throw new NoSuchQueueError(
      `There is no queue "${given}" of @nestjs/bullmq here.${didYouMean(given, names)} There are: ${names.join(', ')}.`,
    );
  }
  if (!second) return only;
  if (terminal === undefined && !isInteractive()) {
    throw new NameMissingError(
      `${packageManager().exec} nx g ${PLUGIN_NAME}:convert --queue=${names[0]} (there are: ${names.join(', ')})`,
    );
  }
  const { isCancel, select } = await import('@clack/prompts');
  const chosen = await select({
    message: 'Which queue?',
    options: queues.map((queue) => ({ value: queue, label: queue.name })),
    ...terminal,
  });
  if (isCancel(chosen)) throw new CancelledError();
  return chosen;
}
