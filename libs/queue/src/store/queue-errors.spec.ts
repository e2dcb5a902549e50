import { Logger } from '@nestjs/common';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { defaultObserver } from '../observe/observers';
import { QueueErrors } from './queue-errors';

describe('errors that no caller waits for', () => {
  let lines: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((line: string) => {
      lines.push(line);
    });
  });

  afterEach(() => jest.useRealTimers());

  it('are one line, however many workers meet the same one', () => {
    const log = new QueueErrors(defaultObserver());
    for (let worker = 0; worker < 50; worker += 1) log.report(new Error('disk full'));
    log.report(new Error('other'));
    expect(lines).toEqual(['disk full', 'other']);
  });

  it('are logged again when they last, with how often they were seen', () => {
    const log = new QueueErrors(defaultObserver());
    for (let time = 0; time < 4; time += 1) log.report(new Error('disk full'));
    jest.advanceTimersByTime(30_000);
    log.report(new Error('disk full'));
    expect(lines).toEqual(['disk full', 'disk full (3 more since the last report)']);
  });

  it('say what has become of a job that the store has no more', () => {
    new QueueErrors(defaultObserver()).report(
      new Error('Missing key for job order.7. moveToDelayed'),
    );
    expect(lines).toEqual([
      expect.stringMatching(/^The queue store no longer has job order\.7.*without its data/),
    ]);
  });

  it('are left to the store if it is away, which says so once', () => {
    new QueueErrors(defaultObserver()).report(
      new QueueUnreachableError('db/jobs', new Error('refused')),
    );
    expect(lines).toEqual([]);
  });
});
