import type { IQueueBackend } from 'bullmq';
import { checkOptions } from '../limits/check-options';
import { InvalidOptionError } from '../limits/invalid-option.errors';
import { clampedMilliseconds, count, index, milliseconds, moment, timer } from '../limits/numbers';
import { LOWEST_PRIORITY } from '../limits/option-rules';
import {
  QUEUE_META,
  REPEAT,
  SCHEDULED_JOB,
  STORED_JOB,
  STORED_JOB_OPTIONS,
} from '../limits/queue-rules';
import { type Rule, valueOr } from '../limits/rule';

/** The parameters of one method of a backend. */
type Arguments<Method extends keyof IQueueBackend> = IQueueBackend[Method] extends (
  ...args: infer Args
) => unknown
  ? Args
  : never;

/** Checks one argument, under a name for the error. An omitted one passes. */
type Check = <Value>(option: string, rule: Rule, value: Value) => Value;

/** BullMQ computes it: an exponential backoff grows beyond every limit, and must not keep an attempt from ending. */
const RETRY_DELAY = clampedMilliseconds(0);

/** Until a time that has passed is for an instant; Redis would refuse it. */
const RATE_LIMIT = clampedMilliseconds(1);

/**
 * Every method that takes a number to a store, with what becomes of its arguments. So BullMQ's own `Queue` and
 * `Job` mean the same on both stores: Postgres refuses a fraction, and Redis stores some of them and refuses others.
 */
const METHODS: {
  readonly [Method in keyof IQueueBackend]?: (
    check: Check,
    args: Arguments<Method>,
  ) => Arguments<Method>;
} = {
  addJob: (check, [job, ...others]) => [check('', STORED_JOB, job), ...others],
  addJobs: (check, [entries]) => [
    entries.map((entry) => ({ ...entry, job: check('', STORED_JOB, entry.job) })),
  ],
  addFlow: (check, [entries]) => [
    entries.map((entry) => ({ ...entry, jobData: check('', STORED_JOB, entry.jobData) })),
  ],
  addJobScheduler: (check, [id, next, data, template, repeat, job, ...others]) => [
    id,
    check('nextMillis', valueOr(null, moment()), next),
    data,
    check('', STORED_JOB_OPTIONS, template),
    check('', REPEAT, repeat),
    check('', SCHEDULED_JOB, job),
    ...others,
  ],
  updateJobSchedulerNextMillis: (check, [id, next, data, job, ...others]) => [
    id,
    check('nextMillis', valueOr(null, moment()), next),
    data,
    check('', SCHEDULED_JOB, job),
    ...others,
  ],
  moveToDelayed: (check, [id, now, delay, ...others]) => [
    id,
    check('timestamp', moment(), now),
    check('delay', RETRY_DELAY, delay),
    ...others,
  ],
  changeDelay: (check, [id, delay]) => [id, check('delay', milliseconds(0), delay)],
  changePriority: (check, [id, priority, ...others]) => [
    id,
    check('priority', count(0, LOWEST_PRIORITY), priority),
    ...others,
  ],
  extendLock: (check, [id, token, duration]) => [id, token, check('duration', timer(1), duration)],
  extendLocks: (check, [ids, tokens, duration]) => [
    ids,
    tokens,
    check('duration', timer(1), duration),
  ],
  addLog: (check, [id, line, keepLogs]) => [id, line, check('keepLogs', count(0), keepLogs)],
  clearLogs: (check, [id, keepLogs]) => [id, check('keepLogs', count(0), keepLogs)],
  retryFinishedJobs: (check, [state, limit, timestamp]) => [
    state,
    check('count', count(1), limit),
    check('timestamp', moment(), timestamp),
  ],
  promoteJobs: (check, [limit]) => [check('count', count(1), limit)],
  cleanJobsByState: (check, [state, timestamp, limit]) => [
    state,
    check('grace', moment(), timestamp),
    check('limit', count(0), limit),
  ],
  getRanges: (check, [types, start, end, ...others]) => [
    types,
    check('start', index(), start),
    check('end', index(), end),
    ...others,
  ],
  getJobLogs: (check, [id, start, end, ...others]) => [
    id,
    check('start', index(), start),
    check('end', index(), end),
    ...others,
  ],
  getJobSchedulersRange: (check, [start, end, ...others]) => [
    check('start', index(), start),
    check('end', index(), end),
    ...others,
  ],
  getMetrics: (check, [type, start, end]) => [
    type,
    check('start', index(), start),
    check('end', index(), end),
  ],
  getCountsPerPriority: (check, [priorities]) => [
    priorities.map((priority) => check('priority', count(0, LOWEST_PRIORITY), priority)),
  ],
  getRateLimitTtl: (check, [max]) => [check('maxJobs', count(0), max)],
  setQueueMeta: (check, [values]) => [check('', QUEUE_META, values)],
  setRateLimit: (check, [time]) => [check('rateLimit', RATE_LIMIT, time)],
  trimEvents: (check, [length]) => [check('maxLength', count(0), length)],
};

/** On Redis, `Queue.getJobs` calls a method that is not part of the interface, with the same parameters. */
const CHECKED = { ...METHODS, getJobs: METHODS.getRanges };

type AnyCheck = (check: Check, args: unknown[]) => unknown[];

/**
 * A backend that rounds the numbers it is given, and refuses those that make no sense with an
 * {@link InvalidOptionError}. BullMQ's own checks are few, and both stores answer in words of their own, some of
 * them only when a worker fetches a job.
 */
export function checkedBackend(backend: IQueueBackend, queue: string): IQueueBackend {
  const check: Check = (option, rule, value) =>
    value === undefined
      ? value
      : checkOptions(
          rule,
          value,
          (problem) => new InvalidOptionError(`the queue "${queue}"`, problem),
          option,
        );
  const wrap = (name: PropertyKey, method: (...args: unknown[]) => unknown) => {
    const checkArguments = Reflect.get(CHECKED, name) as AnyCheck | undefined;
    if (checkArguments === undefined) return method.bind(backend);
    // All of them return promises.
    return (...args: unknown[]) =>
      new Promise((resolve) => {
        resolve(method.apply(backend, checkArguments(check, args)));
      });
  };
  const methods = new Map<PropertyKey, unknown>();
  return new Proxy(backend, {
    get: (target, name) => {
      const known = methods.get(name);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const method = wrap(name, value as (...args: unknown[]) => unknown);
      methods.set(name, method);
      return method;
    },
  });
}
