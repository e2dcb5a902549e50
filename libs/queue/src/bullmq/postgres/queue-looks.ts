import { DEFAULT_SCHEMA } from 'bullmq';
import { ARRIVED_AT } from '../key-limits';
import { type KeptNotes, keptNotes, NOTED_WORKERS } from './postgres-worker-notes';

/** A queue whose jobs this process runs. */
export interface WatchedQueue {
  readonly queue: string;
  /** Whether its jobs are limited by key. */
  readonly isLimited: boolean;
}

/** What was found about a queue. Times are in milliseconds since 1970. */
export interface QueueLook {
  readonly queue: string;
  /** Whether a job waits that a worker may take. */
  readonly isReady: boolean;
  /** When the next job is due; undefined if none is delayed. */
  readonly due: number | undefined;
  /** Whether jobs wait for room in their key. */
  readonly hasParked: boolean;
}

/** What is found about a queue in a round. */
export interface RoundLook extends QueueLook {
  readonly hasActive: boolean;
  readonly isPaused: boolean;
  /** How many processes run its jobs, or have lately. */
  readonly workers: number;
  /** When the first and the last of the kept jobs have ended; undefined if none is kept. */
  readonly completed: EndTimes | undefined;
  readonly failed: EndTimes | undefined;
}

export interface EndTimes {
  readonly first: number;
  readonly last: number;
}

type Row = Record<'due' | 'due_in_key', string | null> & {
  queue: string;
  ready: boolean;
  parked: boolean;
};
type RoundRow = Row &
  Record<'first_completed' | 'last_completed' | 'first_failed' | 'last_failed', string | null> & {
    active: boolean;
    paused: boolean;
    workers: number;
  };

/** Named with their schema, for a session that has no settings of ours. */
const [JOB, META] = [`${DEFAULT_SCHEMA}.job`, `${DEFAULT_SCHEMA}.meta`];

const END_TIMES = (['completed', 'failed'] as const)
  .flatMap((state) => [
    `(SELECT min(finished_at_ms) FROM ${JOB} WHERE queue = q.queue AND state = '${state}') AS first_${state}`,
    `(SELECT max(finished_at_ms) FROM ${JOB} WHERE queue = q.queue AND state = '${state}') AS last_${state}`,
  ])
  .join(',\n       ');

const NOT_LIMITED = 'NULL::bigint';
/** The function exists where a contract has a limit. */
const LIMITED = `CASE WHEN q.is_limited THEN ${DEFAULT_SCHEMA}.key_limit_next_delay(q.queue, $3) END`;

const ROUND = `m.paused, EXISTS (SELECT FROM ${JOB} WHERE queue = q.queue AND state = 'active') AS active,
       ${NOTED_WORKERS} AS workers,
       ${END_TIMES},`;

/** Each answer is read from the end of an index, whatever the number of jobs. Parameters: queues, whether limited, now. */
const looks = (dueInKey: string, more = '') => `
SELECT q.queue, ${more}
       NOT m.paused AND EXISTS (SELECT FROM ${JOB} WHERE queue = q.queue AND state = 'waiting') AS ready,
       (SELECT min(process_at_ms) FROM ${JOB}
         WHERE queue = q.queue AND state = 'delayed' AND process_at_ms < ${ARRIVED_AT}) AS due,
       ${dueInKey} AS due_in_key,
       EXISTS (SELECT FROM ${JOB}
         WHERE queue = q.queue AND state = 'delayed' AND process_at_ms >= ${ARRIVED_AT}) AS parked
  FROM unnest($1::text[], $2::boolean[]) AS q (queue, is_limited),
       LATERAL (SELECT EXISTS (
         SELECT FROM ${META} WHERE queue = q.queue AND field = 'paused' AND value = '1') AS paused) AS m
 WHERE $3::bigint IS NOT NULL`;

const STATEMENTS = {
  idle: { limited: looks(LIMITED), notLimited: looks(NOT_LIMITED) },
  round: { limited: looks(LIMITED, ROUND), notLimited: looks(NOT_LIMITED, ROUND) },
};
const KEPT_NOTES = `WITH ${keptNotes('$4', '$5')}`;

type Query = (
  text: string,
  parameters: readonly unknown[],
) => Promise<{ rows: readonly unknown[] }>;

/** Looks at these queues with one statement: whether a worker that waits has something to do. */
export async function lookAtQueues(
  query: Query,
  queues: readonly WatchedQueue[],
): Promise<QueueLook[]> {
  const { rows } = await query(statementOf('idle', queues), parametersOf(queues));
  return (rows as readonly Row[]).map(lookOf);
}

/**
 * Looks at these queues with one statement, which changes nothing but the notes.
 *
 * @param kept notes of this process to renew on the way
 */
export async function lookInRound(
  query: Query,
  queues: readonly WatchedQueue[],
  kept?: KeptNotes,
): Promise<RoundLook[]> {
  const statement = statementOf('round', queues);
  const asked = parametersOf(queues);
  const { rows } = await (kept === undefined
    ? query(statement, asked)
    : query(`${KEPT_NOTES} ${statement}`, [...asked, kept.field, kept.notes]));
  return (rows as readonly RoundRow[]).map((row) => ({
    ...lookOf(row),
    hasActive: row.active,
    isPaused: row.paused,
    workers: row.workers,
    completed: endTimes(row.first_completed, row.last_completed),
    failed: endTimes(row.first_failed, row.last_failed),
  }));
}

function statementOf(kind: keyof typeof STATEMENTS, queues: readonly WatchedQueue[]): string {
  const isOneLimited = queues.some(({ isLimited }) => isLimited);
  return STATEMENTS[kind][isOneLimited ? 'limited' : 'notLimited'];
}

function parametersOf(queues: readonly WatchedQueue[]): unknown[] {
  return [queues.map(({ queue }) => queue), queues.map(({ isLimited }) => isLimited), Date.now()];
}

function lookOf(row: Row): QueueLook {
  return {
    queue: row.queue,
    isReady: row.ready,
    due: earliest(row.due, row.due_in_key),
    hasParked: row.parked,
  };
}

function earliest(...times: readonly (string | null)[]): number | undefined {
  const known = times.filter((time) => time !== null).map(Number);
  return known.length === 0 ? undefined : Math.min(...known);
}

function endTimes(first: string | null, last: string | null): EndTimes | undefined {
  return first === null || last === null ? undefined : { first: Number(first), last: Number(last) };
}
