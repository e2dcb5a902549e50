import { Injectable, Logger } from '@nestjs/common';
import { BULLMQ_WORDS } from '../bullmq/internals';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { Throttle } from '../timing/throttle';

/** In milliseconds: an error that repeats within it is counted, not printed again. */
const QUIET = 30_000;

/** BullMQ's words for a job that it was about to change. */
const MISSING_JOB = new RegExp(`^${BULLMQ_WORDS.missingJob} (.+)\\. \\w+$`);

function explainMissing(id: string): string {
  return (
    `The queue store does not know job ${id} any more, which was running here: somebody has removed it, ` +
    'or a Redis was started again without its data. What the job has done is not undone.'
  );
}

/**
 * Where the errors of queues, workers and event readers go that no caller waits for. The same error
 * of many workers, or of one that tries again and again, is one line.
 */
@Injectable()
export class QueueErrorLog {
  private readonly logger = new Logger('Queue');
  private readonly throttle = new Throttle(QUIET);

  report(error: Error): void {
    // The store itself says when it is lost and when it is back.
    if (error instanceof QueueUnreachableError) return;
    const heldBack = this.throttle.pass(error.message);
    if (heldBack === undefined) return;
    const repeats = heldBack.count > 0 ? ` (and ${heldBack.count} times more since then)` : '';
    const gone = MISSING_JOB.exec(error.message)?.[1];
    if (gone === undefined) this.logger.error(`${error.message}${repeats}`, error.stack);
    else this.logger.error(`${explainMissing(gone)}${repeats}`);
  }
}
