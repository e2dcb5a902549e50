import { storedId } from './ids';
import { age, count, milliseconds, millisecondsUntil, moment } from './numbers';
import { LOWEST_PRIORITY, STORED_BACKOFF, STORED_JOB_NUMBERS } from './option-rules';
import { anything, object, oneOf, valueOr } from './rule';

/*
 * What reaches a store without our producer: by BullMQ's own `Queue`, `Job` and `FlowProducer`.
 */

const KEEP_JOBS = oneOf({
  number: count(-1),
  object: object({ age: age(), count: count(-1), limit: count(0) }),
  boolean: anything,
});

/** The options of a job in BullMQ's own form. BullMQ writes 0 attempts for a job that says none. */
export const STORED_JOB_OPTIONS = object({
  ...STORED_JOB_NUMBERS,
  attempts: count(0),
  delay: millisecondsUntil(),
  backoff: STORED_BACKOFF,
  timestamp: moment(),
  removeOnComplete: KEEP_JOBS,
  removeOnFail: KEEP_JOBS,
  deduplication: object({ ttl: milliseconds(0) }),
});

/** A job to add, in BullMQ's own form. */
export const STORED_JOB = object({
  id: storedId(),
  delay: millisecondsUntil(),
  priority: count(0, LOWEST_PRIORITY),
  timestamp: moment(),
  opts: STORED_JOB_OPTIONS,
});

const REPEAT_NUMBERS = {
  every: valueOr(null, milliseconds(1)),
  offset: valueOr(null, moment()),
  limit: valueOr(null, count(1)),
  startDate: valueOr(null, moment()),
  endDate: valueOr(null, moment()),
};

/** When a scheduler makes its jobs. */
export const REPEAT = object(REPEAT_NUMBERS);

/** The options of a scheduler's next job. BullMQ overwrites its delay, which may be NaN here. */
export const SCHEDULED_JOB = object({ timestamp: moment(), repeat: REPEAT });

/** What a queue itself says for all of its workers. */
export const QUEUE_META = object({
  concurrency: count(1),
  max: count(1),
  duration: milliseconds(1),
});
