import { setTimeout as sleep } from 'node:timers/promises';
import { QueueEvents } from 'bullmq';
import { QueueUnreachableError } from '../../connection/queue-unreachable.error';
import { askThenPause } from './pause-after-error';

/** In milliseconds. Events of this time reach subscribers late. */
const READ_AGAIN = 1_000;

/** BullMQ's event reader, with a short pause after an error, and no further read once it is closed. */
export class QueueEventReader extends QueueEvents {
  // Set in time: the constructor of QueueEvents starts reading in a later microtask.
  private readonly ending = new AbortController();

  override async close(): Promise<void> {
    this.ending.abort();
    try {
      await super.close();
    } catch (error) {
      // It waits for its connection first. One that cannot be opened any more needs no closing.
      if (!(error instanceof QueueUnreachableError)) throw error;
    }
  }

  protected override checkConnectionError<Answer>(
    ask: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    return askThenPause(
      (question, pause) => super.checkConnectionError(question, pause),
      ask,
      () => sleep(READ_AGAIN, undefined, { signal: this.ending.signal }).catch(() => undefined),
    );
  }
}
