import { UnrecoverableError } from 'bullmq';
import { JobAbortedError } from '../../attempt/job-aborted.error';
import { JobTimeoutError } from '../../attempt/job-timeout.error';
import { NonRetryableError } from '../../errors/non-retryable.error';
import { RetryAfterError } from '../../attempt/retry-after.error';
import { JobDataError } from '../../contract/job-data.error';
import { QueueError } from '../../errors/queue.error';
import { ScopedProcessorError } from '../../processor/scoped-processor.error';
import { rebuildError, transferError } from './error-transfer';

/** The error on the other side. */
const cross = (thrown: unknown): Error =>
  rebuildError(JSON.parse(JSON.stringify(transferError(thrown))) as never);

class OwnError extends Error {
  override readonly name = 'OwnError';
}

describe('an error that crosses to another process', () => {
  it('keeps its name, message, stack and causes', () => {
    const error = new OwnError('no', { cause: new TypeError('why', { cause: 'plain text' }) });
    const crossed = cross(error);
    expect(crossed).toMatchObject({ name: 'OwnError', message: 'no', stack: error.stack });
    expect(crossed.cause).toMatchObject({ name: 'TypeError', message: 'why' });
    expect((crossed.cause as Error).cause).toMatchObject({ message: 'plain text' });
  });

  it.each(['text', 42, undefined, null, { code: 'ENOENT' }])(
    'is one with a reason, even if %p was thrown',
    (thrown) => {
      const { message } = cross(thrown);
      expect(message).toBe(typeof thrown === 'object' && thrown ? thrown.code : String(thrown));
    },
  );

  it('ends, if its causes lead back to it', () => {
    const error: Error = new Error('round');
    error.cause = error;
    expect(cross(error).message).toBe('round');
  });

  it('forbids another attempt if it did, whatever its class', () => {
    const errors = [
      new NonRetryableError('gone', { cause: new Error('410') }),
      new UnrecoverableError('gone'),
      JobDataError.stored('email', '7', [{ field: 'to', problem: 'Invalid' }]),
    ];
    for (const error of errors) {
      const crossed = cross(error);
      expect(crossed).toBeInstanceOf(UnrecoverableError);
      expect(crossed.message).toBe(error.message);
    }
    expect(cross(errors[0]).cause).toMatchObject({ message: '410' });
  });

  it('says when to try again', () => {
    const crossed = cross(new RetryAfterError(1_500, 'wait'));
    expect(crossed).toBeInstanceOf(RetryAfterError);
    expect(crossed).toMatchObject({ message: 'wait', delay: 1_500 });
    expect(cross(new RetryAfterError(1, 'wait', { wholeKey: true }))).toMatchObject({
      wholeKey: true,
    });
    expect(cross(new RetryAfterError(undefined))).toMatchObject({ delay: undefined });
    const date = cross(new RetryAfterError(new Date(Date.now() + 60_000))) as RetryAfterError;
    expect(date.delay).toBeGreaterThan(50_000);
  });

  it('has its code still, and is caught by the root of this library if it was', () => {
    const scoped = cross(new ScopedProcessorError('EmailProcessor'));
    expect(scoped).toBeInstanceOf(QueueError);
    expect(scoped).toMatchObject({ name: 'ScopedProcessorError', code: 'SCOPED_PROCESSOR' });
    const refused = cross(JobDataError.stored('email', '7', [{ field: 'to', problem: 'Invalid' }]));
    expect(refused).toBeInstanceOf(QueueError);
    expect(refused).toMatchObject({ name: 'JobDataError', code: 'JOB_DATA', userFacing: false });
    const foreign = cross(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
    expect(foreign).toMatchObject({ code: 'ECONNREFUSED' });
    expect(foreign).not.toBeInstanceOf(QueueError);
  });

  it('tells a handler why it is to stop', () => {
    const stop = cross(new JobAbortedError(25_000));
    expect(stop).toBeInstanceOf(JobAbortedError);
    expect(stop).toMatchObject({ deadline: 25_000 });
    const timeout = cross(new JobTimeoutError('email', '7', 5_000));
    expect(timeout).toBeInstanceOf(JobTimeoutError);
    expect(timeout).toMatchObject({ job: 'email', jobId: '7', timeout: 5_000 });
  });

  it('is still user-facing if it was', () => {
    const error = Object.assign(new Error('Set SMTP_URL.'), { userFacing: true });
    expect(cross(error)).toMatchObject({ userFacing: true });
    expect('userFacing' in cross(new Error('no'))).toBe(false);
  });
});
