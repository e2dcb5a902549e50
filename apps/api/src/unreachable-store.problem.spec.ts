import {
  QueueAccessError,
  QueueFullError,
  QueueRefusingError,
  QueueUnreachableError,
  TooFewReplicasError,
} from '@libs/queue';
import { unreachableStoreProblem } from './unreachable-store.problem';

describe('a request whose job is not safe', () => {
  it('is answered with 503 if the replicas of the queue store are missing', () => {
    const error = new TooFewReplicasError({
      store: 'redis:6379/0',
      required: 1,
      confirmed: 0,
      waited: 1_000,
      isAdded: true,
    });
    expect(unreachableStoreProblem(error)?.getStatus()).toBe(503);
  });
});

describe('a request while the queue store', () => {
  it.each([
    ['is away', new QueueUnreachableError('redis:6379/0', new Error('connect ECONNREFUSED'))],
    ['refuses for a while', new QueueRefusingError('redis:6379/0', new Error('BUSY'))],
    ['is full', new QueueFullError('redis:6379/0', new Error('OOM'))],
    ['refuses the account', new QueueAccessError('redis:6379/0', new Error('NOPERM'))],
  ])('%s is answered with 503, and when to ask again', (_, error) => {
    const problem = unreachableStoreProblem(error);
    expect(problem?.getStatus()).toBe(503);
    expect(problem?.retryAfter).toBe(5);
    expect(problem?.cause).toBe(error);
  });
});
