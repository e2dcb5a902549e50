import type { Telemetry } from 'bullmq';
import type { QueueObserver } from '../observe/queue-observer';
import type { QueueStoreOptions } from './store-options';

/** Options of {@link QueueModule}. */
export interface QueueModuleOptions extends QueueStoreOptions {
  /**
   * The application's own Postgres database, whose transactions jobs are added in (`{ manager }`). Used
   * if the queues are somewhere else: jobs of a transaction then go through an outbox there.
   * `migrateOutbox(url)` creates it.
   */
  outbox?: { url: string };
  /**
   * How long the start of the application waits for a store that does not answer, in milliseconds.
   * @default 30000
   */
  connectTimeout?: number;
  /**
   * Whether the store is reached when it is first used, instead of at the start: for a process that may
   * never use it, and leaves the relay of an outbox to others.
   * @default false
   */
  lazy?: boolean;
  /**
   * How long running jobs may take to finish when the application stops, in milliseconds. A job that
   * still runs then gets its abort signal.
   * @default 25000
   */
  shutdownDeadline?: number;
  /**
   * A job that blocks the event loop of the worker for as long, in milliseconds, is named in the log;
   * `off`: none is. Processors with an `isolation` have an event loop of their own.
   * @default 1000
   */
  blockedLoopThreshold?: number | 'off';
  /**
   * Are called about what happens to jobs in this process, after the log. The same events are published on
   * channels of Node's `diagnostics_channel`.
   * @default none
   */
  observers?: readonly QueueObserver[];
  /**
   * BullMQ's telemetry, such as `new BullMQOtel({ tracerName: 'api' })` of bullmq-otel: traces and metrics
   * of every queue and worker of this application. See BullMQ's documentation of `telemetry`.
   * @default none
   */
  telemetry?: Telemetry;
}

/** The injection token of {@link QueueModuleOptions}. */
export const QUEUE_MODULE_OPTIONS = Symbol('QUEUE_MODULE_OPTIONS');
