import { jobId, storableId } from './ids';
import { count, milliseconds, millisecondsUntil, seconds, share, size, timer } from './numbers';
import { period } from './period';
import { anything, matching, object, oneOf, type Rule, valueOr } from './rule';

/*
 * Every option that is a number, by what has it. Options that are not listed pass unchanged.
 *
 * Both stores get the same: what one of them would refuse is refused here, and what one of them would round is
 * rounded here, as BullMQ does on Redis.
 */

/** BullMQ's limit. */
export const LOWEST_PRIORITY = 2 ** 21 - 1;

/** In milliseconds, 250 hours: the sum of two and of what closing takes is still below {@link LONGEST_TIMER}. */
const LONGEST_WAIT = 250 * 60 * 60 * 1_000;

const BACKOFF_NUMBERS = { delay: milliseconds(0), jitter: share() };

/** Of a job that BullMQ alone has added: its workers may have strategies of their own. */
export const STORED_BACKOFF = oneOf({
  number: milliseconds(0),
  object: object(BACKOFF_NUMBERS),
});

const BACKOFF_TYPE = matching(
  "'fixed' or 'exponential'",
  (type) => type === 'fixed' || type === 'exponential',
);

const BACKOFF = oneOf({
  number: milliseconds(0),
  object: object({ type: BACKOFF_TYPE, ...BACKOFF_NUMBERS }, 'type', 'delay'),
});

export const STORED_JOB_NUMBERS = {
  priority: count(0, LOWEST_PRIORITY),
  keepLogs: count(0),
  sizeLimit: size(0, 'bytes'),
  stackTraceLimit: count(0),
};

const JOB_OPTIONS = {
  ...STORED_JOB_NUMBERS,
  attempts: count(1),
  delay: milliseconds(0),
  backoff: BACKOFF,
};

/** Each job of a batch has a lock that is renewed. */
const LARGEST_BATCH = 10_000;

/** The most starts in a window: each of them is kept until the window has passed. */
const LARGEST_RATE = 10_000;

const KEY_LIMIT = object(
  {
    by: matching('a function of the data, such as ({ tenantId }) => tenantId', isFunction),
    concurrency: count(1),
    rate: object({ max: count(1, LARGEST_RATE), per: period() }, 'max', 'per'),
  },
  'by',
);

/** A limit that limits nothing is a mistake. */
const limitByKey: Rule = (value) => {
  const verdict = KEY_LIMIT(value);
  if (!('value' in verdict)) return verdict;
  const { concurrency, rate } = verdict.value as { concurrency?: unknown; rate?: unknown };
  if (concurrency !== undefined || rate !== undefined) return verdict;
  return { path: [], expected: 'an object with `concurrency`, `rate` or both' };
};

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

const KEEP = object({ maxAge: milliseconds(0), maxCount: count(0) });

/** Names and `*`, with dots between them. */
function arePaths(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((path) => typeof path === 'string' && /^[^.]+(\.[^.]+)*$/.test(path))
  );
}

function areNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name.length > 0);
}

/** Of `defineJob`. */
export const CONTRACT = object({
  version: count(1),
  accepts: matching("names of jobs, such as ['send']", areNames),
  options: object(JOB_OPTIONS),
  timeout: timer(1),
  keep: object({ completed: KEEP, failed: KEEP, cancelled: KEEP }),
  dedupe: oneOf({ object: object({ window: milliseconds(1) }), function: anything }),
  limit: limitByKey,
  redact: matching("paths in the data, such as ['card.number', 'recipients.*.address']", arePaths),
});

/** Of one `add`. */
export const ADD_OPTIONS = object({
  ...JOB_OPTIONS,
  delay: millisecondsUntil(),
  jobId: jobId(),
  // A time of 0 is BullMQ's word for "until the job has ended".
  deduplication: object({ id: storableId(), ttl: milliseconds(0) }, 'id'),
  limitKey: storableId(),
});

/** Of a worker, `@JobProcessor` among them. */
export const WORKER_OPTIONS = object({
  concurrency: count(1),
  batch: object({ size: count(1, LARGEST_BATCH), wait: timer(0, LONGEST_WAIT) }, 'size'),
  limiter: object({ max: count(1), duration: milliseconds(1) }, 'max', 'duration'),
  // Shorter, a lock expires before the job of a moment has ended.
  lockDuration: timer(50),
  lockRenewTime: timer(1),
  maxStalledCount: count(0),
  maxStartedAttempts: count(0),
  metrics: object({ maxDataPoints: count(0) }),
  stalledInterval: timer(1),
  maximumRateLimitDelay: timer(1),
  runRetryDelay: timer(0),
  drainDelay: seconds(),
  isolation: oneOf({
    object: object({ memoryLimit: size(1, 'megabytes'), warm: count(0) }),
    string: anything,
  }),
});

/** Of `QueueModule`. */
export const MODULE_OPTIONS = object({
  poolMax: count(1),
  replicas: count(0),
  connectTimeout: timer(0, LONGEST_WAIT),
  answerTimeout: timer(1, LONGEST_WAIT),
  shutdownDeadline: timer(0, LONGEST_WAIT),
  blockedLoopThreshold: valueOr('off', timer(1, LONGEST_WAIT)),
});
