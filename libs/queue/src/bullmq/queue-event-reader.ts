import { setTimeout as sleep } from 'node:timers/promises';
import { QueueEvents } from 'bullmq';
import { askThenPause } from './pause-after-error';

/** In milliseconds. Events of this time reach subscribers late. */
const READ_AGAIN = 1_000;

/** BullMQ's event reader, with a short pause after an error, and no further read once it is closed. */
export class QueueEventReader extends QueueEvents {
  // Set in time: the constructor of QueueEvents starts reading in a later microtask.
  private readonly ending = new AbortController();

  override async close(): Promise<void> {
    this.ending.abort();
    await super.close();
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
