import { CANCELLED } from '../../attempt/job-cancelled.error';
import type { CancelMarks, Mark, MarkedJob, MarkOutcome } from '../cancel-marks';

/** How a statement is sent. BullMQ's tables need no schema before their names. */
export interface Statements {
  query<Row>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

interface MarkedRow {
  readonly isClaimed: boolean;
  readonly isScheduled: boolean;
  readonly failure: string;
}

/** In milliseconds: how long after its end a lock is taken over, since the clocks of processes may differ. */
const LOCK_TOLERANCE = 5_000;

/** The maximum number of jobs removed by one statement. */
const CHUNK = 1_000;

/** Whether a job does not run: it waits, or its lock is over. The first run of a schedule makes the next one. */
const CLAIMABLE = `
  (state IN ('waiting', 'delayed', 'waiting-children') AND (scheduler_id IS NULL OR attempts_started > 0))
  OR (state = 'active' AND COALESCE(locked_until_ms, 0) < $6::bigint)`;

const CANCEL_STATEMENTS = {
  mark: `
    UPDATE job SET
      deferred_failure = CASE WHEN starts_with(deferred_failure, $5) THEN deferred_failure ELSE $3 END,
      delay_ms = CASE WHEN ${CLAIMABLE} THEN 0 ELSE delay_ms END,
      lock_token = CASE WHEN ${CLAIMABLE} THEN $4 ELSE lock_token END,
      locked_until_ms = CASE WHEN ${CLAIMABLE} THEN $7::bigint ELSE locked_until_ms END,
      state = CASE WHEN ${CLAIMABLE} THEN 'active' ELSE state END
    WHERE queue = $1 AND id = $2 AND state NOT IN ('completed', 'failed')
    RETURNING lock_token IS NOT DISTINCT FROM $4 AS "isClaimed",
      state <> 'active' AND scheduler_id IS NOT NULL AS "isScheduled", deferred_failure AS failure`,
  /** Takes the mark off a job that has completed nevertheless. */
  ended: `
    WITH completed AS (
      UPDATE job SET deferred_failure = NULL
      WHERE queue = $1 AND id = $2 AND state = 'completed' AND starts_with(deferred_failure, $3)
    )
    SELECT state, failed_reason AS failure FROM job WHERE queue = $1 AND id = $2`,
  marked: `
    SELECT queue, id, deferred_failure AS failure
    FROM job JOIN jsonb_to_recordset($1::jsonb) AS running (queue text, id text) USING (queue, id)
    WHERE starts_with(deferred_failure, $2)`,
  count: `
    SELECT count(*)::integer AS count FROM job
    WHERE queue = $1 AND state = 'failed' AND starts_with(failed_reason, $2)`,
  /** As BullMQ's own removal of old jobs does. */
  remove: `
    DELETE FROM job WHERE queue = $1 AND id IN (
      SELECT id FROM job
      WHERE queue = $1 AND state = 'failed' AND finished_at_ms BETWEEN $3::bigint AND $4::bigint
        AND starts_with(failed_reason, $2)
      ORDER BY finished_at_ms LIMIT $5
    ) AND state = 'failed' RETURNING id`,
} as const;

/** On BullMQ's tables in Postgres. */
export class PostgresCancelMarks implements CancelMarks {
  constructor(private readonly store: Statements) {}

  async mark({ queue, id, failure, token, lockDuration }: Mark): Promise<MarkOutcome> {
    const now = Date.now();
    const [job] = await this.store.query<MarkedRow>(CANCEL_STATEMENTS.mark, [
      queue,
      id,
      failure,
      token,
      CANCELLED,
      now - LOCK_TOLERANCE,
      now + lockDuration,
    ]);
    if (job?.isClaimed) return { found: 'claimed', failure: job.failure };
    if (job !== undefined) return { found: job.isScheduled ? 'scheduled' : 'running' };
    const [ended] = await this.store.query<{ state: string; failure: string | null }>(
      CANCEL_STATEMENTS.ended,
      [queue, id, CANCELLED],
    );
    if (ended === undefined) return { found: 'missing' };
    if (ended.state === 'completed') return { found: 'completed' };
    // Redriven since then: the caller tries again.
    if (ended.state !== 'failed') return { found: 'running' };
    return { found: 'failed', failure: ended.failure ?? '' };
  }

  marked(running: ReadonlyMap<string, readonly string[]>): Promise<MarkedJob[]> {
    const jobs = [...running].flatMap(([queue, ids]) => ids.map((id) => ({ queue, id })));
    return this.store.query(CANCEL_STATEMENTS.marked, [JSON.stringify(jobs), CANCELLED]);
  }

  async count(queue: string): Promise<number> {
    const [row] = await this.store.query<{ count: number }>(CANCEL_STATEMENTS.count, [
      queue,
      CANCELLED,
    ]);
    return row?.count ?? 0;
  }

  async remove(queue: string, from: number, to: number): Promise<number> {
    let removed = 0;
    for (;;) {
      const { length } = await this.store.query(CANCEL_STATEMENTS.remove, [
        queue,
        CANCELLED,
        from,
        to,
        CHUNK,
      ]);
      removed += length;
      if (length < CHUNK) return removed;
    }
  }
}
