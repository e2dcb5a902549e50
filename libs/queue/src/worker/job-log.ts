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
      const when = job.delay > 0 ? `again in ${seconds(job.delay)} s` : 'again at once';
      logger.warn(`Job ${id} failed and is tried ${when} (${attempt}): ${error.message}`);
      return;
    }
    const hasStackFrames = /^ +at /m.test(error.stack ?? '');
    // The data or the processor's result is at fault, and no line of code that a stack would show.
    const stack =
      hasStackFrames && !(error instanceof UnrecoverableError) ? error.stack : undefined;
    logger.error(`Job ${id} failed for good (${attempt}): ${error.message}`, stack);
  });
  worker.on('stalled', (id) => {
    logger.warn(`Job ${id} lost its worker and is run again.`);
  });
}

/** In milliseconds, as a person says it. */
function seconds(time: number): string {
  return String(Math.round(time / 100) / 10);
}

function took({ finishedOn = 0, processedOn = 0 }: Job): number {
  return finishedOn - processedOn;
}
