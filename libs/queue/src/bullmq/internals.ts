/*
 * Everything of BullMQ (6.7) and of @nestjs/bullmq (11.0) that this library relies on and their
 * documentation does not promise. Only this room mentions any of it.
 *
 * - A member that a class here overrides or calls is checked by the compiler (`override`).
 * - All else is a string, which the compiler cannot check: its constants stand here, and
 *   `internals.spec.ts` fails with the name of each that a new version of BullMQ does not have.
 *
 * To upgrade BullMQ: run that spec first, then the tests of this room.
 */

/** Sentences by which BullMQ's errors and reasons are recognised. */
export const BULLMQ_WORDS = {
  /** Why a job is failed that lost its worker more often than `maxStalledCount`. */
  stalledTooOften: 'job stalled more than allowable limit',
  /** The same for `maxStartedAttempts`. */
  startedTooOften: 'job started more than allowable limit',
  /** The beginning of an error about a job that is gone; the job's key follows. */
  missingJob: 'Missing key for job',
} as const;

/** Fields of a job's hash in Redis. */
export const REDIS_FIELDS = {
  stalledCount: 'stc',
  /** Why the job is to be failed without being run. */
  deferredFailure: 'defa',
  data: 'data',
  options: 'opts',
  progress: 'progress',
  parent: 'parent',
} as const;

/** Scripts that answer with a job that was fetched. */
export const FETCHING_SCRIPTS = ['moveToActive', 'moveToFinished', 'moveToDelayed'] as const;

/** Emitted by a `PostgresConnection` whose listening connection was lost. */
export const LISTENER_LOST = 'listenerinvalidated';

/** Where @nestjs/bullmq records which event of a worker a method is for. */
export const WORKER_EVENT_METADATA = 'bullmq:worker_events_metadata';

/** BullMQ's statements on its Postgres tables that are run here. Each names what it relies on. */
export const POSTGRES_STATEMENTS = {
  newestEvent: 'SELECT COALESCE(MAX(id), 0)::text AS max FROM event WHERE queue = $1',
  createJobIds: 'SELECT next_job_id($1) WHERE to_regclass(job_id_seq_name($1)) IS NULL',
  knownJobs:
    'SELECT id FROM job WHERE queue = $1 AND id IN (SELECT jsonb_array_elements_text($2::jsonb))',
  forgetLostWorkers: 'UPDATE job SET stalled_count = 0 WHERE queue = $1 AND id = $2 AND state = $3',
} as const;

/** One name of BullMQ's that is relied on, and what proves that it is still there. */
export interface Internal {
  /** As it is written in BullMQ. */
  readonly name: string;
  readonly meaning: string;
  readonly package: 'bullmq' | '@nestjs/bullmq';
  /** Files below the package's folder of compiled code: those whose path begins with this. */
  readonly files: string;
  /** Matches what these files say as long as the name means the same. */
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
  ...FETCHING_SCRIPTS.map((name) =>
    internal(
      name,
      'a script that answers with a fetched job',
      REDIS_BACKEND,
      new RegExp(`execCommand\\(client, '${name}'`),
    ),
  ),
  ...['id', 'queue', 'state', 'stalled_count'].map((name) =>
    internal(name, 'a column of the table job', SQL, column('job', name)),
  ),
  ...['id', 'queue'].map((name) =>
    internal(name, 'a column of the table event', SQL, column('event', name)),
  ),
  ...['next_job_id', 'job_id_seq_name'].map((name) =>
    internal(
      name,
      'a function in SQL',
      SQL,
      new RegExp(`CREATE FUNCTION ${name}\\(p_queue text\\)`),
    ),
  ),
  internal(
    'bullmq_events',
    'a channel that notifies with the name of the queue',
    SQL,
    /pg_notify\('bullmq_events', p_queue\)/,
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

/** In compiled code the statement is one string, with `\n` written out. */
function column(table: string, name: string): RegExp {
  return new RegExp(`CREATE TABLE ${table} \\((?:(?!\\\\n\\);).)*?\\\\n  ${name} `);
}
