import { QueueError } from '../errors/queue.error';

/**
 * A test without a store (`QueueModule.forTesting()`) has used something that only a store can do.
 *
 * To do: run that test with `startProcessor`, on a real store.
 *
 * @group Testing
 */
export class StoreRequiredError extends QueueError {
  readonly code = 'STORE_REQUIRED';

  constructor(
    /** What was asked for, such as `Draining a queue`. */
    readonly what: string,
  ) {
    super(
      `${what} needs a queue store, and the jobs of this test are in memory (QueueModule.forTesting). ` +
        'Run this test on a real store, with startProcessor of @libs/queue/testing.',
    );
  }
}
