import { LIMIT_KEY } from '../../contract/key-limits';
import { ARRIVED_AT } from '../key-limits';
import {
  type JobMove,
  MOVED_STATES,
  type MovedState,
  type MoveSurvey,
  NAMED_IDS,
  type StayReason,
} from '../moved-jobs';

/** Jobs that one statement moves. */
const CHUNK = 500;

/** An id that BullMQ has counted, as it does for a job that is added without one. */
const isCounted = (job: string) => `${job}.id ~ '^[1-9][0-9]{0,17}$'`;

const isTaken = (job: string) =>
  `EXISTS (SELECT FROM job AS other WHERE other.queue = $2 AND other.id = ${job}.id)`;

const REASON = `
  CASE
    WHEN job.state = 'active' THEN 'running'
    WHEN job.scheduler_id IS NOT NULL THEN 'scheduled'
    WHEN job.parent_id IS NOT NULL THEN 'child'
    WHEN job.state = 'waiting-children' OR EXISTS (
      SELECT FROM job_dependency WHERE parent_queue = job.queue AND parent_id = job.id) THEN 'parent'
    WHEN ${isTaken('job')} AND NOT ${isCounted('job')} THEN 'taken'
  END`;

const isParked = (job: string) =>
  `${job}.state = 'delayed' AND ${job}.process_at_ms >= ${ARRIVED_AT}`;

/** A job with a key gets its place from a worker of the other queue, also if one of this queue had released it. */
const arrives = (job: string) =>
  `((${isParked(job)}) OR (${job}.state = 'waiting' AND ${job}.opts ? '${LIMIT_KEY}'))`;

/** A job that waits for room in its key is a waiting one. */
const STATE = `CASE WHEN ${isParked('job')} THEN 'waiting' ELSE job.state::text END`;

/** Parameters: the queue, the other queue. */
const SURVEY = `
SELECT reason, state, count(*)::integer AS count,
       (array_agg(id) FILTER (WHERE reason IS NOT NULL))[1:${NAMED_IDS}] AS ids
  FROM (SELECT id, ${REASON} AS reason, ${STATE} AS state FROM job WHERE queue = $1 AND state <> 'completed') AS found
 GROUP BY reason, state`;

/**
 * Moves some jobs in one state, with their logs and the keys of their deduplication. A job in the hands of a worker is
 * passed over. One with a key that waits arrives anew. A counted id that the other queue has already is replaced by the
 * next one there.
 *
 * Parameters: the queue, the other queue, the state, the time now.
 */
const MOVE = `
WITH chosen AS MATERIALIZED (
  SELECT id, ${STATE} AS moved_state FROM job
   WHERE queue = $1 AND state = $3::job_state AND ${REASON} IS NULL
   LIMIT ${CHUNK} FOR UPDATE OF job SKIP LOCKED
), numbered AS MATERIALIZED (
  SELECT id, moved_state, CASE WHEN ${isTaken('chosen')} THEN next_job_id($2) ELSE id END AS new_id FROM chosen
), logs AS (
  UPDATE job_log SET queue = $2, job_id = new_id FROM numbered
   WHERE job_log.queue = $1 AND job_log.job_id = numbered.id
), freed AS (
  DELETE FROM dedup USING numbered WHERE dedup.queue = $1 AND dedup.job_id = numbered.id
  RETURNING dedup.dedup_id, numbered.new_id AS job_id, dedup.expire_at_ms
), deduplicated AS (
  INSERT INTO dedup (queue, dedup_id, job_id, expire_at_ms)
  SELECT $2, dedup_id, job_id, expire_at_ms FROM freed
  ON CONFLICT (queue, dedup_id) DO UPDATE SET job_id = EXCLUDED.job_id, expire_at_ms = EXCLUDED.expire_at_ms
   WHERE dedup.expire_at_ms <= $4::bigint
), moved AS (
  UPDATE job SET queue = $2, id = new_id,
         name = CASE WHEN job.name = $1 THEN $2 ELSE job.name END,
         state = CASE WHEN ${arrives('job')} THEN 'delayed'::job_state ELSE job.state END,
         delay_ms = CASE WHEN ${arrives('job')} THEN ${ARRIVED_AT} - job.added_at_ms ELSE job.delay_ms END,
         process_at_ms = CASE WHEN ${arrives('job')} THEN ${ARRIVED_AT} ELSE job.process_at_ms END
    FROM numbered WHERE job.queue = $1 AND job.id = numbered.id
  RETURNING job.id, numbered.id AS old_id, job.name, job.state, job.process_at_ms, numbered.moved_state
)
SELECT moved_state AS state,
       publish_event($1, 'removed', jsonb_build_object('jobId', old_id, 'prev', state)),
       publish_event($2, 'added', jsonb_build_object('jobId', id, 'name', name)),
       CASE state
         WHEN 'waiting' THEN publish_event($2, 'waiting', jsonb_build_object('jobId', id))
         WHEN 'delayed' THEN publish_event($2, 'delayed', jsonb_build_object('jobId', id, 'delay', process_at_ms))
       END
  FROM moved`;

/** The highest counted id: the counter of the other queue must not come to it again. */
const HIGHEST_COUNTED = `
SELECT max(id::bigint)::text AS id FROM job WHERE queue IN ($1, $2) AND ${isCounted('job')}`;

const RAISE_COUNTER = `
SELECT setval(job_id_seq_name($1)::regclass, $2::bigint)
 WHERE COALESCE(pg_sequence_last_value(job_id_seq_name($1)::regclass), 0) < $2::bigint`;

const WAKE = "SELECT pg_notify('bullmq_jobs', $1)";

type Query = <Row>(text: string, parameters?: readonly unknown[]) => Promise<Row[]>;

/** A move within Postgres: each statement changes the queue of some hundred jobs. */
export class PostgresMove implements JobMove {
  constructor(
    private readonly query: Query,
    private readonly from: string,
    private readonly to: string,
  ) {}

  async survey(): Promise<MoveSurvey> {
    const rows = await this.query<{
      reason: StayReason | null;
      state: string;
      count: number;
      ids: string[] | null;
    }>(SURVEY, [this.from, this.to]);
    const movable = { waiting: 0, delayed: 0, failed: 0 };
    const staying = new Map<StayReason, { count: number; ids: string[] }>();
    for (const { reason, state, count, ids } of rows) {
      if (reason === null) {
        movable[state as MovedState] += count;
        continue;
      }
      const known = staying.get(reason) ?? { count: 0, ids: [] };
      const all = [...known.ids, ...(ids ?? [])].slice(0, NAMED_IDS);
      staying.set(reason, { count: known.count + count, ids: all });
    }
    return { movable, staying: [...staying].map(([reason, found]) => ({ reason, ...found })) };
  }

  async move(onStep: (state: MovedState, count: number) => void): Promise<void> {
    await this.raiseCounter();
    for (const state of MOVED_STATES) {
      for (;;) {
        const moved = await this.query<{ state: MovedState }>(MOVE, [
          this.from,
          this.to,
          state,
          Date.now(),
        ]);
        if (moved.length === 0) break;
        await this.query(WAKE, [this.to]);
        for (const kind of MOVED_STATES) {
          const count = moved.filter((job) => job.state === kind).length;
          if (count > 0) onStep(kind, count);
        }
      }
    }
  }

  private async raiseCounter(): Promise<void> {
    const [highest] = await this.query<{ id: string | null }>(HIGHEST_COUNTED, [
      this.from,
      this.to,
    ]);
    if (highest?.id == null) return;
    await this.query('SELECT next_job_id($1)', [this.to]);
    await this.query(RAISE_COUNTER, [this.to, highest.id]);
  }
}
