import {
  BULLMQ_WORDS,
  FETCHING_SCRIPTS,
  GROUPED_STATEMENTS,
  KEY_LIMIT_CALLS,
  LISTENER_LOST,
  NEXT_DELAYED,
  POSTGRES_CHANNELS,
  REDIS_FIELDS,
  REDIS_STATES,
  REDRIVING_SCRIPT,
  WORKER_EVENT_METADATA,
} from '../internals';

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
    { name: REDIS_FIELDS.parentKey, member: 'parentKey' },
    { name: REDIS_FIELDS.deduplicationId, member: 'deid' },
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
  // What a move of jobs to another queue changes.
  ...['state', 'scheduler_id', 'parent_id'].map((name) =>
    internal(name, 'a column of the table job', SQL, column('job', name)),
  ),
  ...['queue', 'job_id'].map((name) =>
    internal(name, 'a column of the table job_log', SQL, column('job_log', name)),
  ),
  ...['dedup_id', 'job_id', 'expire_at_ms'].map((name) =>
    internal(name, 'a column of the table dedup', SQL, column('dedup', name)),
  ),
  ...['parent_queue', 'parent_id'].map((name) =>
    internal(name, 'a column of the table job_dependency', SQL, column('job_dependency', name)),
  ),
  internal(
    'job_id_seq_name',
    'the name of the counter of ids',
    SQL,
    /CREATE FUNCTION job_id_seq_name\(p_queue/,
  ),
  internal(
    'de:',
    'what the key of a deduplication begins with',
    'scripts/removeJob-2',
    /prefixKey \.\. "de:" \.\. deduplicationId/,
  ),
  internal('id', 'the key of the counter of ids', 'classes/queue-keys.js', /'id'/),
  ...[':logs', ':dependencies', ':processed', ':failed', ':unsuccessful'].map((name) =>
    internal(
      name,
      'what the keys of a job end with',
      'scripts/removeJob-2',
      new RegExp(`jobKey \\.\\. '${name}'`),
    ),
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
