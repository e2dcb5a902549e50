import { TooFewReplicasError } from '@libs/queue';
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
