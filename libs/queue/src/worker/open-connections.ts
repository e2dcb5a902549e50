import { Logger } from '@nestjs/common';
import type { QueueWorker } from '../bullmq/consume/queue-worker';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import type { QueueStore } from '../store/queue-store';
import { untilReached } from '../store/reach-store';
import { settleWithin } from '../timing/settle-within';

/** In milliseconds: the store is asked what keeps the connections of the workers from being opened. */
const ASK_AFTER = 500;

export interface OpeningLimits {
  /** In milliseconds. */
  timeout: number | undefined;
  /** Aborted when the process is told to stop. */
  signal: AbortSignal | undefined;
}

/**
 * Waits until each worker has its connections.
 *
 * @returns whether they may fetch; otherwise the process was told to stop meanwhile
 * @throws QueueUnreachableError if a connection cannot be opened in time: with the reason of the store.
 */
export async function openConnections(
  workers: readonly QueueWorker[],
  store: QueueStore,
  { timeout, signal }: OpeningLimits,
): Promise<boolean> {
  let isReported = false;
  const ready = async (): Promise<void> => {
    const opening = Promise.all(workers.map((worker) => worker.waitUntilReady()));
    const isOpen = await settleWithin(ASK_AFTER, opening);
    // The queues of these workers were opened after the store was reached.
    const checking = isOpen ? store.checkQueues() : store.check();
    await checking.catch((error: unknown) => {
      if (error instanceof QueueUnreachableError && !isReported) {
        new Logger('Workers').warn(`The workers cannot fetch yet. ${error.message}`);
        isReported = true;
      }
      throw error;
    });
    if (!isOpen) await opening;
  };
  try {
    await untilReached(store.location, ready, { timeout, signal });
  } catch (error) {
    if (signal?.aborted !== true || error !== signal.reason) throw error;
  }
  return signal?.aborted !== true;
}
