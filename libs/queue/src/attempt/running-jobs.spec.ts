import type { Job } from 'bullmq';
import { AttemptAbort } from './attempt-abort';
import { JobCancelledError } from './job-cancelled.error';
import { RunningJobs } from './running-jobs';

describe('a job whose lock was lost, and which this process has fetched again', () => {
  const attemptOf = (token: string) => ({
    job: { id: '7', queueName: 'song', attemptsMade: 0, processedOn: 1 } as Job,
    token,
    abort: new AttemptAbort(),
  });

  it('is cancelled in both of its attempts', async () => {
    const running = new RunningJobs();
    const lost = attemptOf('lost');
    const held = attemptOf('held');
    const ends = Promise.allSettled(
      [lost, held].map((attempt) =>
        running.run(
          attempt,
          () =>
            new Promise((_, reject) => {
              attempt.abort.signal.addEventListener('abort', () => {
                reject(new Error('stopped'));
              });
            }),
        ),
      ),
    );
    const error = new JobCancelledError('no longer wanted');
    expect(running.startedBefore(2)).toEqual(['7', '7']);
    expect(running.cancel('7', error, 60_000)).toBe(true);
    expect([lost, held].map(({ abort }) => abort.isAborted)).toEqual([true, true]);
    for (const end of await ends) {
      expect(end).toMatchObject({
        status: 'rejected',
        reason: expect.any(JobCancelledError) as unknown,
      });
    }
    expect(running.startedBefore(2)).toEqual([]);
    expect(running.cancel('7', error, 60_000)).toBe(false);
  });
});
