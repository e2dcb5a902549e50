import type { PgPool } from 'bullmq';
import { inlineParameters } from '../../connection/postgres/inline-parameters';
import { POSTGRES_STATEMENTS } from '../internals';

/**
 * Our statements on BullMQ's tables for jobs that have a parent. BullMQ's own (6.7) do these things on Redis only, or
 * otherwise there.
 */
const FLOW_STATEMENTS = {
  /** The parent of a failed child that is retried does not fail for it any more. */
  forgive: `
    UPDATE job parent SET deferred_failure = NULL
    FROM job child
    WHERE child.queue = $1 AND child.id = $2 AND child.state = $3::job_state
      AND parent.queue = child.parent_queue AND parent.id = child.parent_id
      AND parent.deferred_failure = 'child ' || $1 || ':' || $2 || ' failed'`,
  /** A child whose failure the parent has passed over is waited for again. */
  awaitAgain: `
    WITH child AS (
      SELECT parent_queue, parent_id FROM job
      WHERE queue = $1 AND id = $2 AND state = $3::job_state AND state = 'failed'
      FOR UPDATE
    ), again AS (
      UPDATE job_dependency dependency SET status = 'pending', value = NULL FROM child
      WHERE dependency.parent_queue = child.parent_queue AND dependency.parent_id = child.parent_id
        AND dependency.child_key = $1 || ':' || $2 AND dependency.status = 'ignored'
      RETURNING dependency.parent_queue, dependency.parent_id
    )
    UPDATE job SET pending_deps = pending_deps + 1 FROM again
    WHERE job.queue = again.parent_queue AND job.id = again.parent_id`,
  /** The end of a child that its parent does not know any more would count as that of one that it still waits for. */
  detach: `
    UPDATE job SET parent_queue = NULL, parent_id = NULL, parent_key = NULL
    WHERE queue = $1 AND id = $2 AND state = $3::job_state AND NOT EXISTS (
      SELECT FROM job_dependency dependency
      WHERE dependency.parent_queue = job.parent_queue AND dependency.parent_id = job.parent_id
        AND dependency.child_key = $1 || ':' || $2
    )`,
  /**
   * The parents of removed children keep what these have left: results and failures. The oldest by their end, as on
   * Redis and as an index has them: BullMQ sorts all that have ended, for each thousand.
   */
  clean: `
    WITH old AS (
      SELECT id FROM job
      WHERE queue = $1 AND state = $2::job_state AND finished_at_ms <= $3::bigint AND NOT EXISTS (
        SELECT FROM job_dependency dependency
        WHERE dependency.child_queue = $1 AND dependency.child_id = job.id AND dependency.status = 'pending'
      )
      ORDER BY finished_at_ms LIMIT NULLIF($4::bigint, 0)
      -- Another worker that cleans removes those that it holds.
      FOR UPDATE SKIP LOCKED
    ), gone AS (
      DELETE FROM job USING old
      WHERE job.queue = $1 AND job.id = old.id AND job.state = $2::job_state
      RETURNING job.id
    ), announced AS (
      SELECT publish_event($1, 'cleaned', jsonb_build_object('count', (SELECT count(*) FROM gone)::text))
      WHERE EXISTS (SELECT FROM gone)
    )
    SELECT gone.id FROM gone LEFT JOIN announced ON true`,
  /** Parents in other queues wait for children that are gone. */
  release: `
    DO $release$
    DECLARE
      gone record;
      remaining integer;
    BEGIN
      FOR gone IN
        DELETE FROM job_dependency dependency
        WHERE dependency.child_queue = $1 AND dependency.status = 'pending' AND NOT EXISTS (
          SELECT FROM job WHERE job.queue = $1 AND job.id = dependency.child_id
        )
        RETURNING dependency.parent_queue AS queue, dependency.parent_id AS id
      LOOP
        UPDATE job SET pending_deps = GREATEST(pending_deps - 1, 0)
        WHERE job.queue = gone.queue AND job.id = gone.id
        RETURNING pending_deps INTO remaining;
        IF remaining = 0 THEN
          PERFORM move_parent_to_wait(gone.queue, gone.id, $2::bigint);
        END IF;
      END LOOP;
    END
    $release$`,
} as const;

type Pool = Pick<PgPool, 'query'>;

/** An ended job that is to run again, as BullMQ's function takes it. */
export type EndedJob = readonly [
  queue: string,
  id: string,
  state: string,
  lifo: boolean,
  resetAttemptsMade: boolean,
  resetAttemptsStarted: boolean,
];

/**
 * Retries an ended job.
 *
 * @param hasParent whether a parent waits for it again
 * @param hasKey whether it waits for room in its key. BullMQ puts it among the waiting ones, where no worker may see it
 *   before
 * @returns whether it was in that state
 */
export async function retryEnded(
  pool: Pool,
  job: EndedJob,
  { hasParent, hasKey }: { readonly hasParent: boolean; readonly hasKey: boolean },
): Promise<boolean> {
  const { forgive, awaitAgain, detach } = FLOW_STATEMENTS;
  const { reprocess, arrive } = POSTGRES_STATEMENTS;
  const before = hasParent
    ? [awaitAgain, forgive, detach].map((text) => inlineParameters(text, job.slice(0, 3)))
    : [];
  const after = hasKey ? [inlineParameters(arrive, job.slice(0, 2))] : [];
  // One message, which is one transaction.
  const message = [...before, inlineParameters(reprocess, job), ...after].join(';\n');
  const answers = (await pool.query(message)) as unknown as Answer | Answer[];
  return [answers].flat()[before.length]?.rows[0]?.code === 1;
}

interface Answer {
  readonly rows: readonly { readonly code?: number }[];
}

/** Removes ended jobs that no parent waits for. @returns their ids */
export async function cleanEnded(
  pool: Pool,
  queue: string,
  { state, endedBefore, limit }: { state: string; endedBefore: number; limit: number },
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(FLOW_STATEMENTS.clean, [
    queue,
    state,
    endedBefore,
    limit,
  ]);
  return rows.map(({ id }) => id);
}

/** Lets the parents go on that wait for jobs that this queue does not have any more. */
export async function releaseParents(pool: Pool, queue: string): Promise<void> {
  await pool.query(inlineParameters(FLOW_STATEMENTS.release, [queue, Date.now()]));
}
