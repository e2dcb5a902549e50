import { ARRIVED_AT } from '../key-limits';
import type { DrainedState } from '../queue-counts';

/** Jobs that one statement removes. */
const CHUNK = 1_000;

const CONDITIONS: Readonly<Record<DrainedState, string>> = {
  waiting: `(state = 'waiting' OR (state = 'delayed' AND process_at_ms >= ${ARRIVED_AT})) AND $2::bigint IS NOT NULL`,
  due: "state = 'delayed' AND process_at_ms <= $2",
  delayed: `state = 'delayed' AND process_at_ms > $2 AND process_at_ms < ${ARRIVED_AT}`,
};

/**
 * Jobs to remove. Each is locked first, and passed over if a worker is taking it: BullMQ's `clean` may remove a job
 * that has just begun to run. Jobs of a schedule stay, because the next one of them is what keeps it going.
 *
 * Parameters: the queue, the time now, the highest number of a job when the drain began.
 */
const chosen = (state: DrainedState, condition: string) => `
  SELECT id FROM job
   WHERE queue = $1 AND ${CONDITIONS[state]} AND abs(seq) <= $3
     AND scheduler_id IS NULL AND ${condition}
   LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED`;

const removed = "publish_event($1, 'removed', jsonb_build_object('jobId', id))";

/** Most jobs: no row of another table depends on them. */
const removePlain = (state: DrainedState) => `
WITH chosen AS MATERIALIZED (${chosen(state, 'parent_id IS NULL AND dedup_id IS NULL')}),
removed AS (
  DELETE FROM job USING chosen WHERE job.queue = $1 AND job.id = chosen.id RETURNING job.id
)
SELECT ${removed} FROM removed`;

/** BullMQ's function lets the parent in a flow go on, and frees the key of a deduplicated job. */
const removeLinked = (state: DrainedState) => `
WITH chosen AS MATERIALIZED (${chosen(state, '(parent_id IS NOT NULL OR dedup_id IS NOT NULL)')}),
removed AS MATERIALIZED (SELECT id FROM chosen WHERE remove($1, id, false) > 0)
SELECT ${removed} FROM removed`;

const LATEST_JOB = 'SELECT last_value::text AS seq FROM job_seq';

type Query = <Row>(text: string, parameters?: readonly unknown[]) => Promise<Row[]>;

/**
 * Removes jobs in these states from a queue in Postgres, a thousand at a time. Jobs added meanwhile stay.
 *
 * @returns how many were removed
 */
export async function drainPostgres(
  query: Query,
  queue: string,
  states: readonly DrainedState[],
): Promise<number> {
  const [latest] = await query<{ seq: string }>(LATEST_JOB);
  const now = Date.now();
  let total = 0;
  for (const state of states) {
    for (const statement of [removePlain(state), removeLinked(state)]) {
      for (;;) {
        const rows = await query(statement, [queue, now, latest?.seq ?? '0']);
        total += rows.length;
        if (rows.length < CHUNK) break;
      }
    }
  }
  return total;
}
