import type { BackoffStrategy } from 'bullmq';

/**
 * How long a job waits whose type of backoff this program does not have: as long as the backoff says, each time. Without a
 * strategy BullMQ (6.7.0) throws in the midst of a failure, and the attempt never ends
 * (`findings/bullmq-unknown-backoff-is-found-too-late.sh`).
 *
 * @param report is told of each such job
 */
export function unknownBackoff(report: (problem: Error) => void): BackoffStrategy {
  return (_attempt, type, _error, job) => {
    const backoff = job?.opts.backoff;
    const delay = typeof backoff === 'object' ? (backoff.delay ?? 0) : 0;
    report(
      new Error(
        `Job ${job?.id ?? ''} of the queue "${job?.queueName ?? ''}" has the backoff "${type ?? ''}", which this worker does ` +
          `not know. It is tried again after ${delay} ms. Use 'fixed' or 'exponential' where it is added.`,
      ),
    );
    return delay;
  };
}
