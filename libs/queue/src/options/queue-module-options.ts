import type { Telemetry } from 'bullmq';
import type { QueueObserver } from '../observe/queue-observer';
import type { DatabaseAccess } from './password-source';
import type { QueueStoreOptions } from './store-options';

/** Options of {@link QueueModule}. */
export interface QueueModuleOptions extends QueueStoreOptions {
  /**
   * The application's own Postgres database, for jobs added in its transactions (`{ manager }`). Used if
   * the queues are elsewhere: jobs of a transaction then go through an outbox in this database, which
   * `migrateOutbox(url)` creates.
   */
  outbox?: { url: string } & DatabaseAccess;
  /**
   * How long startup waits for a store that does not answer, in milliseconds.
   * @default 30000
   */
  connectTimeout?: number;
  /**
   * Whether to connect to the store on first use instead of at startup: for a process that may never use
   * it. Such a process runs no outbox relay.
   * @default false
   */
  lazy?: boolean;
  /**
   * How long running jobs may take to finish when the application stops, in milliseconds. Jobs still
   * running then get their abort signal.
   * @default 25000
   */
  shutdownDeadline?: number;
  /**
   * A job that blocks the worker's event loop for this long, in milliseconds, is named in the log; `off`
   * disables this. Processors with an `isolation` have an event loop of their own.
   * @default 1000
   */
  blockedLoopThreshold?: number | 'off';
  /**
   * Called for events of jobs in this process, after the log. The same events are published on channels of
   * Node's `diagnostics_channel`.
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
