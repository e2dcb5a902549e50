import { Injectable, Logger } from '@nestjs/common';
import { BULLMQ_WORDS } from '../bullmq/internals';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';

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
  private readonly seen = new Map<string, { at: number; repeats: number }>();

  report(error: Error): void {
    // The store itself says when it is lost and when it is back.
    if (error instanceof QueueUnreachableError) return;
    const now = Date.now();
    const last = this.seen.get(error.message);
    if (last !== undefined && now - last.at < QUIET) {
      last.repeats += 1;
      return;
    }
    this.forget(now);
    this.seen.set(error.message, { at: now, repeats: 0 });
    const repeats = last?.repeats ? ` (and ${last.repeats} times more since then)` : '';
    const gone = MISSING_JOB.exec(error.message)?.[1];
    if (gone === undefined) this.logger.error(`${error.message}${repeats}`, error.stack);
    else this.logger.error(`${explainMissing(gone)}${repeats}`);
  }

  private forget(now: number): void {
    for (const [message, { at }] of this.seen) {
      if (now - at >= QUIET) this.seen.delete(message);
    }
  }
}
