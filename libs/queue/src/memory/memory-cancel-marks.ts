import { isCancelled } from '../attempt/job-cancelled.error';
import type { CancelMarks, Mark, MarkedJob, MarkOutcome } from '../bullmq/cancel-marks';
import type { MemoryQueues } from './memory-queues';

/** The marks of cancelled jobs in memory. */
export class MemoryCancelMarks implements CancelMarks {
  constructor(private readonly queues: MemoryQueues) {}

  mark({ queue: name, id, failure, token }: Mark): Promise<MarkOutcome> {
    const queue = this.queues.queue(name);
    const job = queue.jobs.get(id);
    if (job === undefined) return Promise.resolve({ found: 'missing' });
    if (job.state === 'completed') return Promise.resolve({ found: 'completed' });
    if (job.state === 'failed') {
      return Promise.resolve({ found: 'failed', failure: job.failedReason ?? '' });
    }
    if (!isCancelled(job.deferredFailure)) job.deferredFailure = failure;
    if (job.state === 'active') return Promise.resolve({ found: 'running' });
    queue.claim(job, token);
    return Promise.resolve({ found: 'claimed', failure: job.deferredFailure ?? failure });
  }

  marked(running: ReadonlyMap<string, readonly string[]>): Promise<MarkedJob[]> {
    const found = [...running].flatMap(([queue, ids]) =>
      ids.flatMap((id) => {
        const failure = this.queues.queue(queue).jobs.get(id)?.deferredFailure;
        return failure !== undefined && isCancelled(failure) ? [{ queue, id, failure }] : [];
      }),
    );
    return Promise.resolve(found);
  }

  count(queue: string): Promise<number> {
    return Promise.resolve(this.cancelled(queue, 0, Infinity).length);
  }

  remove(queue: string, from: number, to: number): Promise<number> {
    const old = this.cancelled(queue, from, to);
    for (const { id } of old) this.queues.queue(queue).jobs.delete(id);
    return Promise.resolve(old.length);
  }

  private cancelled(queue: string, from: number, to: number) {
    const failed = this.queues.queue(queue).inState('failed');
    return failed.filter(
      ({ failedReason, finishedOn = 0 }) =>
        isCancelled(failedReason) && finishedOn >= from && finishedOn <= to,
    );
  }
}
