import * as z from 'zod';
import { storedId } from './ids';
import { count, milliseconds, millisecondsUntil, moment } from './numbers';
import { backoff, LOWEST_PRIORITY, storedJobNumbers } from './option-rules';

/*
 * What reaches a store without our producer: by BullMQ's own `Queue`, `Job` and `FlowProducer`.
 */

const keepJobs = () =>
  z.union([
    z.boolean(),
    count(-1),
    z
      .looseObject({
        age: z.number().min(0).transform(Math.floor),
        count: count(-1),
        limit: count(0),
      })
      .partial(),
  ]);

/** The options of a job in BullMQ's own form. BullMQ writes 0 attempts for a job that says none. */
export const STORED_JOB_OPTIONS = z.lazy(() =>
  z
    .looseObject({
      ...storedJobNumbers(),
      attempts: count(0),
      delay: millisecondsUntil(),
      backoff: backoff(),
      timestamp: moment(),
      removeOnComplete: keepJobs(),
      removeOnFail: keepJobs(),
      deduplication: z.looseObject({ ttl: milliseconds(0).optional() }),
    })
    .partial(),
);

/** A job to add, in BullMQ's own form. */
export const STORED_JOB = z.lazy(() =>
  z
    .looseObject({
      id: storedId(),
      delay: millisecondsUntil(),
      priority: count(0, LOWEST_PRIORITY),
      timestamp: moment(),
      opts: STORED_JOB_OPTIONS,
    })
    .partial(),
);

const repeat = () => ({
  every: milliseconds(1).nullish(),
  offset: moment().nullish(),
  limit: count(1).nullish(),
  startDate: moment().nullish(),
  endDate: moment().nullish(),
});

/** When a scheduler makes its jobs. */
export const REPEAT = z.lazy(() => z.looseObject(repeat()));

/** The options of a scheduler's next job. BullMQ overwrites its delay, which may be NaN here. */
export const SCHEDULED_JOB = z.lazy(() =>
  z.looseObject({ timestamp: moment(), repeat: z.looseObject(repeat()) }).partial(),
);

/** What a queue itself says for all of its workers. */
export const QUEUE_META = z.lazy(() =>
  z.looseObject({ concurrency: count(1), max: count(1), duration: milliseconds(1) }).partial(),
);
