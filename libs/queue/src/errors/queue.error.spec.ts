import { ConnectionClosedError, UnrecoverableError } from 'bullmq';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { JobDataError } from '../contract/job-data.error';
import { NonRetryableError } from './non-retryable.error';
import { QueueError } from './queue.error';

class FirstError extends QueueError {
  readonly code = 'FIRST';
}

class SecondError extends QueueError {
  readonly code = 'SECOND';
  override readonly userFacing = true;
}

describe('an error of this library', () => {
  it('is caught by its root and told apart by its code', () => {
    const first: unknown = new FirstError('no', { cause: 'why' });
    expect(first).toBeInstanceOf(QueueError);
    expect(first).toMatchObject({
      name: 'FirstError',
      code: 'FIRST',
      message: 'no',
      cause: 'why',
      userFacing: false,
    });
    expect(new SecondError('no').userFacing).toBe(true);
  });

  it('is an instance of its own class only', () => {
    expect(new FirstError('no')).not.toBeInstanceOf(SecondError);
    expect(new NonRetryableError('no')).not.toBeInstanceOf(FirstError);
  });

  it('is caught by the same root where it extends a class that BullMQ acts upon', () => {
    const unreachable = new QueueUnreachableError('db/queues', new Error('ECONNREFUSED'));
    expect(unreachable).toBeInstanceOf(QueueError);
    expect(unreachable).toBeInstanceOf(ConnectionClosedError);
    expect(unreachable).toMatchObject({ name: 'QueueUnreachableError', code: 'QUEUE_UNREACHABLE' });

    const refused = JobDataError.refused('email', [{ field: 'to', problem: 'Invalid' }]);
    for (const error of [refused, new NonRetryableError('gone')]) {
      expect(error).toBeInstanceOf(QueueError);
      expect(error).toBeInstanceOf(UnrecoverableError);
    }
    expect(refused).toMatchObject({ name: 'JobDataError', code: 'JOB_DATA' });
  });

  it.each([
    new Error('no'),
    Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
    new UnrecoverableError('no'),
    undefined,
    null,
    'text',
  ])('is not %p', (other) => {
    expect(other).not.toBeInstanceOf(QueueError);
  });

  it('lets an application give its own error a code', () => {
    class MailRefusedError extends NonRetryableError {
      override readonly code = 'MAIL_REFUSED';
    }
    const error = new MailRefusedError('550', { cause: new Error('why') });
    expect(error).toBeInstanceOf(QueueError);
    expect(error).toMatchObject({ name: 'MailRefusedError', code: 'MAIL_REFUSED' });
    expect(error.cause).toMatchObject({ message: 'why' });
  });
});
