/*
 * The undocumented parts of BullMQ (6.7) and @nestjs/bullmq (11.0) that this library relies on. Only this
 * folder mentions them.
 *
 * - Members that a class here overrides or calls are checked by the compiler (`override`).
 * - All others are strings, which the compiler cannot check: the constants are here, and
 *   `internals.spec.ts` fails with the name of each that a new version of BullMQ lacks (`testing/internals-evidence.ts`).
 *
 * To upgrade BullMQ, run that spec first, then the tests of this folder.
 */

import { ARRIVED_AT } from './key-limits';

/** Messages that identify BullMQ's errors and failure reasons. */
export const BULLMQ_WORDS = {
  /** The failure reason of a job that lost its worker more often than `maxStalledCount`. */
  stalledTooOften: 'job stalled more than allowable limit',
  /** The same for `maxStartedAttempts`. */
  startedTooOften: 'job started more than allowable limit',
  /** The start of an error about a missing job; the job's key follows. */
  missingJob: 'Missing key for job',
  /** Around the key of a child, the failure reason of a parent that fails with it. */
  failedChild: { start: 'child ', end: ' failed' },
} as const;

/** Fields of a job's hash in Redis. */
export const REDIS_FIELDS = {
  stalledCount: 'stc',
  /** The reason to fail the job without running it. */
  deferredFailure: 'defa',
  data: 'data',
  options: 'opts',
  progress: 'progress',
  parent: 'parent',
  /** The key of the parent in a flow. */
  parentKey: 'parentKey',
  deduplicationId: 'deid',
  /** The reason of the latest failure. */
  failure: 'failedReason',
  /** Which schedule the job is a run of. */
  schedule: 'rjk',
  attemptsStarted: 'ats',
  addedAt: 'timestamp',
  delay: 'delay',
} as const;

/** The keys of a queue in Redis that hold the ids of its jobs: `active`, the ended ones, the other sets, the lists. */
export const REDIS_STATES = [
  'active',
  'completed',
  'failed',
  'delayed',
  'prioritized',
  'waiting-children',
  'wait',
  'paused',
] as const;

/** Scripts that return a fetched job. */
export const FETCHING_SCRIPTS = ['moveToActive', 'moveToFinished', 'moveToDelayed'] as const;

/** The script that puts a job that has ended among the waiting ones. */
export const REDRIVING_SCRIPT = 'reprocessJob';

/** The field of a worker that has fetched no job: when the next delayed one is due, in milliseconds since 1970. */
export const NEXT_DELAYED = 'blockUntil';

/** Emitted by a `PostgresConnection` whose listening connection was lost. */
export const LISTENER_LOST = 'listenerinvalidated';

/** The channels on which Postgres notifies, with the name of the queue. */
export const POSTGRES_CHANNELS = { events: 'bullmq_events', jobs: 'bullmq_jobs' } as const;

/** Where @nestjs/bullmq records which event of a worker a method is for. */
export const WORKER_EVENT_METADATA = 'bullmq:worker_events_metadata';

/** Our statements on BullMQ's Postgres tables. */
export const POSTGRES_STATEMENTS = {
  findGroups: "SELECT to_regproc('grouped_run') IS NOT NULL AS exists",
  findDueJobs: "SELECT to_regproc('due_fetch') IS NOT NULL AS exists",
  newestEvent: 'SELECT COALESCE(MAX(id), 0)::text AS max FROM event WHERE queue = $1',
  createJobIds: 'SELECT next_job_id($1) WHERE to_regclass(job_id_seq_name($1)) IS NULL',
  knownJobs:
    'SELECT id FROM job WHERE queue = $1 AND id IN (SELECT jsonb_array_elements_text($2::jsonb))',
  /** Changes nothing, and is refused by a server that takes no changes. */
  probeWrites: 'UPDATE job SET id = id WHERE false',
  reprocess: 'SELECT reprocess_job($1, $2, $3, $4, $5, $6) AS code',
  /** Makes a job that was put among the waiting ones arrive: it waits for room in its key first. */
  arrive:
    `WITH arrived AS (UPDATE job SET state = 'delayed', process_at_ms = ${ARRIVED_AT}, ` +
    `delay_ms = ${ARRIVED_AT} - added_at_ms WHERE queue = $1 AND id = $2 AND state = 'waiting' RETURNING id) ` +
    "SELECT pg_notify('bullmq_jobs', $1) FROM arrived",
  releaseParked:
    `WITH released AS (UPDATE job SET state = 'waiting', process_at_ms = NULL, delay_ms = 0 WHERE queue = $1 ` +
    `AND state = 'delayed' AND process_at_ms >= ${ARRIVED_AT} RETURNING id), ` +
    "told AS (SELECT publish_event($1, 'waiting', jsonb_build_object('jobId', id, 'prev', 'delayed')) FROM released) " +
    "SELECT pg_notify('bullmq_jobs', $1), (SELECT count(*) FROM told) FROM (SELECT FROM released LIMIT 1) AS first",
  pauseKey: 'SELECT key_limit_pause($1, $2, $3)',
  /** Fails (division by zero) if the field has another value. */
  requireMeta: `WITH changed AS (
    UPDATE meta SET value = $4 WHERE queue = $1 AND field = $2 AND value = $3 RETURNING 1
  ) SELECT 1 / count(*) FROM changed`,
  readMeta: 'SELECT queue, value FROM meta WHERE field = $1 AND queue = ANY($2)',
  changeMeta:
    'UPDATE meta SET value = $4 WHERE queue = $1 AND field = $2 AND value = $3 RETURNING 1',
  createMeta:
    'INSERT INTO meta (queue, field, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1',
  deleteMeta: 'DELETE FROM meta WHERE queue = $1 AND field = $2 AND value = $3 RETURNING 1',
  endOfJob: 'SELECT state, finished_at_ms FROM job WHERE queue = $1 AND id = $2',
  /** No row: a transaction that has not ended holds it, or there is none. */
  endOfFreeJob:
    'SELECT state, finished_at_ms FROM job WHERE queue = $1 AND id = $2 FOR SHARE SKIP LOCKED',
  forgetLostWorkers: 'UPDATE job SET stalled_count = 0 WHERE queue = $1 AND id = $2 AND state = $3',
} as const;

/**
 * BullMQ's functions in SQL that a worker with limits by key replaces by its own, and what its own take beside the
 * same parameters: the limits, and whether to look for freed slots.
 */
export const KEY_LIMIT_CALLS = {
  move_to_active: { becomes: 'key_limit_fetch', kind: 'fetch' },
  move_to_completed: { becomes: 'key_limit_completed', kind: 'limits' },
  move_to_completed_fetch: { becomes: 'key_limit_completed_fetch', kind: 'fetch' },
  move_to_failed: { becomes: 'key_limit_failed', kind: 'limits' },
  move_to_failed_fetch: { becomes: 'key_limit_failed_fetch', kind: 'fetch' },
  move_to_delayed: { becomes: 'key_limit_delayed', kind: 'limits' },
  next_signal: { becomes: 'key_limit_next_signal', kind: 'none' },
  next_delay: { becomes: 'key_limit_next_delay', kind: 'now' },
} as const;

/** BullMQ's functions in SQL that fetch a job, and ours that take the same parameters and make fewer due jobs wait. */
export const DUE_JOB_CALLS = {
  move_to_active: 'due_fetch',
  move_to_completed_fetch: 'due_completed_fetch',
  move_to_failed_fetch: 'due_failed_fetch',
} as const;

/** BullMQ's statements that are sent together, without their comments. */
export const GROUPED_STATEMENTS = {
  add_job:
    'SELECT add_job( $1, $2, $3, $4::jsonb, $5::jsonb, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 ) AS id;',
  move_to_active: 'SELECT * FROM move_to_active($1, $2, $3, $4, $5, $6, $7);',
  move_to_completed:
    'SELECT move_to_completed($1, $2, $3, $4::jsonb, $5, $6, $7, $8) AS finished_on;',
  move_to_completed_fetch:
    'SELECT * FROM move_to_completed_fetch( $1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9, $10, $11, $12, $13);',
} as const;
