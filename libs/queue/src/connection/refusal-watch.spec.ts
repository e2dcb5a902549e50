import { QueueRefusingError } from './queue-refusing.errors';
import { RefusalWatch } from './refusal-watch';

describe('the report of a store that refuses', () => {
  const error = new QueueRefusingError('redis:6379/0', new Error('BUSY'));
  const storeLost = jest.fn();
  const storeBack = jest.fn();
  let watch: RefusalWatch;

  beforeEach(() => {
    storeLost.mockReset();
    storeBack.mockReset();
    watch = new RefusalWatch('redis:6379/0', { storeLost, storeBack });
  });

  it('is made once, and once when all that was refused is taken again', () => {
    watch.onRefused('mail addJob', error);
    watch.onRefused('mail moveToActive', error);
    watch.onRefused('mail addJob', error);
    expect(storeLost.mock.calls).toEqual([[{ store: 'redis:6379/0', error }]]);
    expect(watch.latest).toBe(error);

    // A full store can be read.
    watch.onDone('mail getState');
    watch.onDone('mail addJob');
    expect(storeBack).not.toHaveBeenCalled();
    watch.onDone('mail moveToActive');
    watch.onDone('mail moveToActive');
    expect(storeBack).toHaveBeenCalledTimes(1);
    expect(watch.latest).toBeUndefined();
  });

  it('ends when the check of the store succeeds', () => {
    watch.onUsable();
    watch.onRefused('mail addJob', error);
    watch.onUsable();
    expect(storeBack).toHaveBeenCalledTimes(1);
  });

  it('does not wait for a step that nobody tries again', () => {
    jest.useFakeTimers();
    try {
      watch.onRefused('mail addJob', error);
      jest.advanceTimersByTime(31_000);
      watch.onDone('mail getState');
      expect(storeBack).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
