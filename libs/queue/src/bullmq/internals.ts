/*
 * The undocumented parts of BullMQ (6.7) and @nestjs/bullmq (11.0) that this library relies on. Only this
 * folder mentions them.
 *
 * - Members that a class here overrides or calls are checked by the compiler (`override`).
 * - All others are strings, which the compiler cannot check: the constants are here, and
 *   `internals.spec.ts` fails with the name of each that a new version of BullMQ lacks.
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

/** A name in BullMQ that this library relies on, and the evidence that it still exists. */
export interface Internal {
  /** As written in BullMQ. */
  readonly name: string;
  readonly meaning: string;
  readonly package: 'bullmq' | '@nestjs/bullmq';
  /** Path prefix of the files, below the package's folder of compiled code. */
  readonly files: string;
  /** Matches these files as long as the name keeps its meaning. */
  readonly evidence: RegExp;
}

const SQL = 'postgres/sql-scripts.js';
const REDIS_BACKEND = 'classes/redis-queue-backend.js';

/** The strings among the internals. */
export const INTERNALS: readonly Internal[] = [
  ...[
    { name: BULLMQ_WORDS.stalledTooOften, files: 'scripts/moveStalledJobsToWait' },
    { name: BULLMQ_WORDS.stalledTooOften, files: SQL },
    { name: BULLMQ_WORDS.startedTooOften, files: 'classes/worker.js' },
    { name: BULLMQ_WORDS.missingJob, files: 'classes/finished-errors.js' },
    { name: BULLMQ_WORDS.missingJob, files: 'postgres/postgres-queue-backend.js' },
  ].map(({ name, files }) => internal(name, 'a sentence that is recognised', files, literal(name))),
  ...[BULLMQ_WORDS.failedChild.start, BULLMQ_WORDS.failedChild.end].flatMap((name) => [
    internal(
      name,
      'what a job fails with whose child has failed',
      'scripts/moveToFinished',
      /deferredFailure = "child " \.\. jobIdKey \.\. " failed"/,
    ),
    internal(
      name,
      'what a job fails with whose child has failed',
      SQL,
      /deferred_failure = 'child ' \|\| v_child_key \|\| ' failed'/,
    ),
  ]),
  internal(
    'ConnectionClosedError',
    'an error that a worker waits after, instead of failing the job',
    'utils/index.js',
    /instanceof \S*\bConnectionClosedError\b/,
  ),
  internal(
    'processor.length >= 3',
    'a processor with fewer parameters gets no abort signal made for it',
    'classes/worker.js',
    /processor\.length >= 3/,
  ),
  ...[REDIS_FIELDS.stalledCount, REDIS_FIELDS.deferredFailure].map((name) =>
    internal(name, 'a field of the job hash', REDIS_BACKEND, new RegExp(`raw\\.${name}\\b`)),
  ),
  ...[REDIS_FIELDS.data, REDIS_FIELDS.options, REDIS_FIELDS.progress, REDIS_FIELDS.parent].map(
    (name) =>
      internal(name, 'a field of the job hash', REDIS_BACKEND, new RegExp(`raw\\.${name}\\b`)),
  ),
  ...[
    { name: REDIS_FIELDS.schedule, member: 'rjk' },
    { name: REDIS_FIELDS.attemptsStarted, member: 'ats' },
    { name: REDIS_FIELDS.failure, member: 'failedReason' },
    { name: REDIS_FIELDS.addedAt, member: 'timestamp' },
    { name: REDIS_FIELDS.delay, member: 'delay' },
  ].map(({ name, member }) =>
    internal(name, 'a field of the job hash', REDIS_BACKEND, new RegExp(`raw\\.${member}\\b`)),
  ),
  ...REDIS_STATES.map((name) =>
    internal(name, 'a key with ids of jobs', 'classes/queue-keys.js', new RegExp(`'${name}'`)),
  ),
  internal(
    REDIS_FIELDS.deferredFailure,
    'the reason to fail a job is removed when it has failed',
    'scripts/moveToFinished',
    /rcall\("HDEL", jobIdKey, "defa"\)/,
  ),
  internal(
    'job.deferredFailure',
    'a job with one is failed without being run',
    'classes/worker.js',
    /if \(job\.deferredFailure\)/,
  ),
  // What the script of the limits by key reads and writes beside BullMQ's own.
  internal(
    '0x1000',
    'what the time of a delayed job is multiplied by, for its score',
    'scripts/moveToActive',
    /\(timestamp \+ 1\) \* 0x1000 - 1/,
  ),
  internal(
    '0x100000000',
    'what the priority of a job is multiplied by, for its score',
    'scripts/moveToActive',
    /priority \* 0x100000000 \+ prioCounter % 0x100000000/,
  ),
  ...['delayed', 'events', 'wait', 'pc', 'prioritized', 'active', 'meta', 'marker'].map((name) =>
    internal(name, 'a key of a queue', 'classes/queue-keys.js', new RegExp(`'${name}'`)),
  ),
  ...['priority', 'delay', 'ats', 'processedOn', 'atm', 'finishedOn', 'timestamp'].map((name) =>
    internal(
      name,
      'a field of the job hash that a script uses',
      'scripts/moveTo',
      new RegExp(`"${name}"`),
    ),
  ),
  internal(
    NEXT_DELAYED,
    'the field with the time of the next delayed job',
    'classes/worker.js',
    /this\.blockUntil = Math\.max\(delayUntil, 0\)/,
  ),
  internal(
    REDRIVING_SCRIPT,
    'the script that puts a job that has ended among the waiting ones',
    REDIS_BACKEND,
    /execCommand\(client, 'reprocessJob'/,
  ),
  ...FETCHING_SCRIPTS.map((name) =>
    internal(
      name,
      'a script that answers with a fetched job',
      REDIS_BACKEND,
      new RegExp(`execCommand\\(client, '${name}'`),
    ),
  ),
  ...[
    'id',
    'queue',
    'state',
    'stalled_count',
    'deferred_failure',
    'failed_reason',
    'delay_ms',
    'lock_token',
    'locked_until_ms',
    'attempts_started',
    'seq',
    'added_at_ms',
    'process_at_ms',
    'processed_at_ms',
    'finished_at_ms',
    'dedup_id',
    'scheduler_id',
    'parent_id',
    'parent_queue',
    'parent_key',
    'pending_deps',
  ].map((name) => internal(name, 'a column of the table job', SQL, column('job', name))),
  ...['queue', 'field', 'value'].map((name) =>
    internal(name, 'a column of the table meta', SQL, column('(?:IF NOT EXISTS )?meta', name)),
  ),
  internal('job_seq', 'the sequence that numbers jobs', SQL, /CREATE SEQUENCE job_seq;/),
  internal('remove', 'a function in SQL', SQL, /FUNCTION remove\(\\n {2}p_queue text, p_id text,/),
  internal(
    'reprocess_job',
    'a function in SQL with these parameters, which answers with 1',
    SQL,
    /SELECT reprocess_job\(\$1, \$2, \$3, \$4, \$5, \$6\) AS code/,
  ),
  internal(
    'publish_event',
    'a function in SQL',
    SQL,
    /FUNCTION publish_event\(\\n {2}p_queue +text/,
  ),
  ...['marker', 'meta'].map((name) =>
    internal(name, 'a key of a queue in Redis', 'classes/queue-keys.js', new RegExp(`'${name}'`)),
  ),
  ...['processedOn', 'opts', 'atm'].map((name) =>
    internal(name, 'a field of the job hash', REDIS_BACKEND, new RegExp(`raw\\.${name}\\b`)),
  ),
  internal(
    '0x1000',
    'the factor between a time and the score of a delayed job',
    'scripts/moveToDelayed',
    /\* 0x1000\b/,
  ),
  internal(
    '0x100000000',
    'the factor between a priority and the score of a prioritized job',
    'scripts/changePriority',
    /priority \* 0x100000000\b/,
  ),
  ...['id', 'queue'].map((name) =>
    internal(name, 'a column of the table event', SQL, column('event', name)),
  ),
  ...['queue', 'field', 'value'].map((name) =>
    internal(
      name,
      'a column of the table meta',
      SQL,
      new RegExp(`CREATE TABLE IF NOT EXISTS meta \\((?:(?!\\\\n\\);).)*?\\\\n  ${name} `),
    ),
  ),
  internal(
    'add_job',
    'a statement that adds one job, and holds no parameters in arrays',
    SQL,
    /"add_job\.sql": "[^"]*SELECT add_job\(\\n {2}\$1, \$2, \$3, \$4::jsonb/,
  ),
  ...['addStandardJob', 'addDelayedJob', 'addPrioritizedJob'].map((name) =>
    internal(
      name,
      'a script that adds one job',
      REDIS_BACKEND,
      new RegExp(`execCommand\\(client, '${name}'`),
    ),
  ),
  ...['parent_queue', 'parent_id', 'child_queue', 'child_id', 'child_key', 'status', 'value'].map(
    (name) =>
      internal(name, 'a column of the table job_dependency', SQL, column('job_dependency', name)),
  ),
  ...['reprocess_job', 'move_parent_to_wait'].map((name) =>
    internal(
      name,
      'a function in SQL',
      SQL,
      new RegExp(`CREATE (OR REPLACE )?FUNCTION ${name}\\(`),
    ),
  ),
  ...['next_job_id', 'job_id_seq_name'].map((name) =>
    internal(
      name,
      'a function in SQL',
      SQL,
      new RegExp(`CREATE FUNCTION ${name}\\(p_queue text\\)`),
    ),
  ),
  ...Object.values(POSTGRES_CHANNELS).map((name) =>
    internal(
      name,
      'a channel that notifies with the name of the queue',
      SQL,
      new RegExp(`pg_notify\\('${name}', p_queue\\)`),
    ),
  ),
  ...Object.keys(KEY_LIMIT_CALLS).map((name) =>
    internal(
      name,
      'a function in SQL that a statement calls with placeholders only',
      SQL,
      new RegExp(`\\b${name}\\((?:\\\\n|[\\s$\\d,]|::jsonb)*\\)`),
    ),
  ),
  ...['move_to_completed', 'move_to_failed', 'rate_limit_effective', 'rate_limit_consume'].map(
    (name) =>
      internal(
        name,
        'a function in SQL that ours call',
        SQL,
        new RegExp(`CREATE (OR REPLACE )?FUNCTION ${name}\\(`),
      ),
  ),
  ...['bullmq:concurrency:', 'bullmq:limiter:'].map((name) =>
    internal(name, 'a lock that functions in SQL take', SQL, new RegExp(`'${name}'`)),
  ),
  ...Object.entries(GROUPED_STATEMENTS).map(([name, text]) =>
    internal(name, 'a statement that is sent together with others', SQL, statement(text)),
  ),
  ...[
    'max_attempts',
    'attempts_made',
    'return_value',
    'processed_by',
    'locked_until_ms',
    'data',
    'name',
  ].map((name) => internal(name, 'a column of the table job', SQL, column('job', name))),
  ...['event', 'data', 'created_at_ms'].map((name) =>
    internal(name, 'a column of the table event', SQL, column('event', name)),
  ),
  ...['bullmq:finalization', 'bullmq:evnotify:', 'bullmq:evtrim:'].map((name) =>
    internal(name, 'a lock that functions in SQL take', SQL, new RegExp(`'${name}'`)),
  ),
  ...['priority', 'seq', 'opts', 'delay_ms', 'process_at_ms', 'added_at_ms'].map((name) =>
    internal(name, 'a column of the table job', SQL, column('job', name)),
  ),
  internal(
    'publish_event',
    'a function in SQL',
    SQL,
    /CREATE FUNCTION publish_event\(\\n {2}p_queue/,
  ),
  internal(
    LISTENER_LOST,
    'an event of the Postgres connection',
    'postgres/postgres-connection.js',
    /emit\('listenerinvalidated'\)/,
  ),
  {
    name: WORKER_EVENT_METADATA,
    meaning: 'the metadata of @OnWorkerEvent',
    package: '@nestjs/bullmq',
    files: 'bull.constants.js',
    evidence: /'bullmq:worker_events_metadata'/,
  },
];

function internal(name: string, meaning: string, files: string, evidence: RegExp): Internal {
  return { name, meaning, package: 'bullmq', files, evidence };
}

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

/** In compiled code the statement is one string with escaped line breaks (`\n`). */
function column(table: string, name: string): RegExp {
  return new RegExp(`CREATE TABLE ${table} \\((?:(?!\\\\n\\);).)*?\\\\n  ${name} `);
}

/** In compiled code line breaks are `\n`. */
function statement(text: string): RegExp {
  const words = text.split(' ').map((word) => literal(word).source);
  return new RegExp(words.join('(?:\\\\n|\\s)+'));
}
