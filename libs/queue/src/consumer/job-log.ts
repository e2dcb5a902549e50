import { Logger } from '@nestjs/common';
import { UnrecoverableError, type Job, type Worker } from 'bullmq';

/** Logs how the jobs of a worker end: what failed for good as an error, what is tried again as a warning. */
export function logJobs(worker: Worker): void {
  const logger = new Logger(worker.name);
  worker.on('completed', (job) => {
    logger.log(`Job ${job.id ?? ''} completed (${took(job)} ms, attempt ${job.attemptsMade}).`);
  });
  worker.on('failed', (job, error) => {
    if (job === undefined) return;
    const { id = '', attemptsMade, opts } = job;
    const attempt = `attempt ${attemptsMade} of ${opts.attempts ?? 1}`;
    if (job.finishedOn === undefined) {
      logger.warn(`Job ${id} failed and is tried again (${attempt}): ${error.message}`);
      return;
    }
    // The data or the processor's result is at fault, and no line of code that a stack would show.
    const stack = error instanceof UnrecoverableError ? undefined : error.stack;
    logger.error(`Job ${id} failed for good (${attempt}): ${error.message}`, stack);
  });
  worker.on('stalled', (id) => {
    logger.warn(`Job ${id} lost its worker and is run again.`);
  });
}

function took({ finishedOn = 0, processedOn = 0 }: Job): number {
  return finishedOn - processedOn;
}
