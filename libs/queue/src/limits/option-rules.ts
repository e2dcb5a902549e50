import * as z from 'zod';
import { deduplicationId, jobId } from './ids';
import { count, milliseconds, millisecondsUntil, seconds, share, size, timer } from './numbers';

/*
 * Every option that is a number, by what has it. Options that are not listed pass unchanged.
 *
 * Both stores get the same: what one of them would refuse is refused here, and what one of them would round is
 * rounded here, as BullMQ does on Redis.
 *
 * Zod takes milliseconds to make them, so each is made when it is first used: a process starts faster.
 */

/** BullMQ's limit. */
export const LOWEST_PRIORITY = 2 ** 21 - 1;

/** In milliseconds, 250 hours: the sum of two and of what closing takes is still below {@link LONGEST_TIMER}. */
const LONGEST_WAIT = 250 * 60 * 60 * 1_000;

export const backoff = () =>
  z.union([
    milliseconds(0),
    z.looseObject({ delay: milliseconds(0).optional(), jitter: share().optional() }),
  ]);

export const storedJobNumbers = () => ({
  priority: count(0, LOWEST_PRIORITY),
  keepLogs: count(0),
  sizeLimit: size(0, 'bytes'),
  stackTraceLimit: count(0),
});

const jobOptions = () => ({
  ...storedJobNumbers(),
  attempts: count(1),
  delay: milliseconds(0),
  backoff: backoff(),
});

const keepLimits = () => z.looseObject({ maxAge: milliseconds(0), maxCount: count(0) }).partial();

/** Of `defineJob`. */
export const CONTRACT = z.lazy(() =>
  z
    .looseObject({
      options: z.looseObject(jobOptions()).partial(),
      timeout: timer(1),
      keep: z.looseObject({ completed: keepLimits(), failed: keepLimits() }).partial(),
      dedupe: z.union([z.function(), z.looseObject({ window: milliseconds(1).optional() })]),
    })
    .partial(),
);

/** Of one `add`. */
export const ADD_OPTIONS = z.lazy(() =>
  z
    .looseObject({
      ...jobOptions(),
      delay: millisecondsUntil(),
      jobId: jobId(),
      // A time of 0 is BullMQ's word for "until the job has ended".
      deduplication: z.looseObject({ id: deduplicationId(), ttl: milliseconds(0).optional() }),
    })
    .partial(),
);

/** Of a worker, `@JobProcessor` among them. */
export const WORKER_OPTIONS = z.lazy(() =>
  z
    .looseObject({
      concurrency: count(1),
      limiter: z.looseObject({ max: count(1), duration: milliseconds(1) }),
      // Shorter, a lock expires before the job of a moment has ended.
      lockDuration: timer(50),
      lockRenewTime: timer(1),
      maxStalledCount: count(0),
      maxStartedAttempts: count(0),
      metrics: z.looseObject({ maxDataPoints: count(0).optional() }),
      stalledInterval: timer(1),
      maximumRateLimitDelay: timer(1),
      runRetryDelay: timer(0),
      drainDelay: seconds(),
      isolation: z.union([
        z.string(),
        z.looseObject({ memoryLimit: size(1, 'megabytes').optional() }),
      ]),
    })
    .partial(),
);

/** Of `QueueModule`. */
export const MODULE_OPTIONS = z.lazy(() =>
  z
    .looseObject({
      poolMax: count(1),
      replicas: count(0),
      connectTimeout: timer(0, LONGEST_WAIT),
      answerTimeout: timer(1, LONGEST_WAIT),
      shutdownDeadline: timer(0, LONGEST_WAIT),
      blockedLoopThreshold: z.union([z.literal('off'), timer(1, LONGEST_WAIT)]),
    })
    .partial(),
);
