import { z } from 'zod';
import { InvalidOptionError } from '../limits/invalid-option.errors';
import { InvalidJobNameError } from './define-job.errors';
import { defineJob } from './define-job';
import { FlowContractError } from './job-children.error';
import { DEFAULT_JOB_OPTIONS } from './job-options';
import { DEFAULT_RETENTION } from './job-retention';

const data = z.object({ to: z.email() });

describe('a job contract', () => {
  it('retries three times, and keeps completed jobs for a day and failed ones for good', () => {
    const { options, keep } = defineJob({ name: 'email', data });
    expect(options).toEqual({
      attempts: 3,
      backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
    });
    expect(keep).toEqual({
      completed: { maxAge: 86_400_000, maxCount: 10_000 },
      failed: {},
      cancelled: { maxAge: 86_400_000 },
    });
  });

  it('replaces the defaults one by one', () => {
    const { options } = defineJob({ name: 'email', data, options: { attempts: 7, priority: 2 } });
    expect(options).toEqual({ ...DEFAULT_JOB_OPTIONS, attempts: 7, priority: 2 });
    const { keep } = defineJob({ name: 'email', data, keep: { failed: { maxCount: 5 } } });
    expect(keep).toEqual({ ...DEFAULT_RETENTION, failed: { maxCount: 5 } });
  });

  it('has no result unless it says so', () => {
    const { result } = defineJob({ name: 'email', data });
    expect(result.safeParse(undefined).success).toBe(true);
    expect(result.safeParse('sent').success).toBe(false);
  });

  it('cannot be changed by whoever uses it', () => {
    expect(Object.isFrozen(defineJob({ name: 'email', data }))).toBe(true);
  });

  it('gives an attempt as long as it takes, unless it says how long', () => {
    expect(defineJob({ name: 'email', data }).timeout).toBeUndefined();
    expect(defineJob({ name: 'email', data, timeout: 30_000 }).timeout).toBe(30_000);
  });

  it.each([0, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
    'may not give it %d ms, and the error says what may be given',
    (timeout) => {
      expect(() => defineJob({ name: 'email', data, timeout })).toThrow(InvalidOptionError);
      expect(() => defineJob({ name: 'email', data, timeout })).toThrow(
        `The option "timeout" of the contract "email" is ${timeout}. ` +
          'Use a number of milliseconds from 1 to 2147483647, or omit it.',
      );
    },
  );

  it.each([{ type: 'exponental', delay: 5 }, { delay: 5 }])(
    'refuses the backoff %j, under which a failed attempt would not end',
    (backoff) => {
      const options = { backoff: backoff as never };
      expect(() => defineJob({ name: 'email', data, options })).toThrow(
        /The option "options\.backoff\.type" of the contract "email" is .*\. Use 'fixed' or 'exponential'/,
      );
    },
  );

  it('drops fractions of milliseconds, and refuses those of counts', () => {
    const job = defineJob({
      name: 'email',
      data,
      timeout: 1_000 / 3,
      options: { backoff: 1_000 / 3, delay: 0.9 },
      keep: { completed: { maxAge: 1.5 } },
      dedupe: { key: ({ to }) => to, window: 1.5 },
    });
    expect(job).toMatchObject({
      timeout: 333,
      options: { backoff: 333, delay: 0 },
      keep: { completed: { maxAge: 1 } },
      dedupe: { window: 1 },
    });
    const options = { attempts: 2.5 };
    expect(() => defineJob({ name: 'email', data, options })).toThrow(
      'The option "options.attempts" of the contract "email" is 2.5. Use a whole number from 1 to 2147483647, or omit it.',
    );
  });

  it.each(['email', 'daily-report', 'mp3', 'a-1'])('may be named "%s"', (name) => {
    expect(defineJob({ name, data }).name).toBe(name);
  });

  it.each(['', 'Email', 'e_mail', 'a:b', '-a', 'a-', 'a--b', '../x', '1st', 'a b'])(
    'may not be named "%s", and the error says what may',
    (name) => {
      expect(() => defineJob({ name, data })).toThrow(InvalidJobNameError);
      expect(() => defineJob({ name, data })).toThrow('Use lower-case words joined by hyphens');
    },
  );

  describe('with children', () => {
    const child = defineJob({ name: 'day', data });
    const unique = defineJob({ name: 'unique', data, dedupe: ({ to }) => to });

    it('fails with them unless it says something else', () => {
      const children = { days: child, others: { job: child, onFailure: 'continue' } } as const;
      expect(defineJob({ name: 'month', data, children }).children).toEqual({
        days: { job: child, onFailure: 'fail' },
        others: { job: child, onFailure: 'continue' },
      });
      expect(child.children).toEqual({});
    });

    it('is refused where its jobs could wait without end', () => {
      const day = defineJob({ name: 'month', data });
      const middle = defineJob({ name: 'middle', data, children: { days: day } });
      const define =
        (children: object, options: object = {}) =>
        () =>
          defineJob({ name: 'month', data, ...options, children: children as never });
      expect(define({ days: day })).toThrow(FlowContractError);
      expect(define({ days: day })).toThrow('leads back to "month" itself');
      expect(define({ middles: { job: middle } })).toThrow(
        'The option "children.middles" of the contract "month" leads back to "month" itself',
      );
      expect(define({ days: unique })).toThrow('has the deduplication of "unique"');
      const unlike = { dedupe: () => 'a' };
      expect(define({ days: child }, unlike)).toThrow('"dedupe" of the contract "month"');
      const limited = { limit: { by: () => 'a', concurrency: 1 } };
      expect(define({ days: child }, limited)).toThrow('"limit" of the contract "month"');
      expect(define({ days: { job: child, onFailure: 'stop' } })).toThrow('has the mode "stop"');
      expect(define({ days: { jobs: child } })).toThrow('is not a contract');
      expect(define({ 'a.b': child })).toThrow('letters and digits');
    });
  });
});
