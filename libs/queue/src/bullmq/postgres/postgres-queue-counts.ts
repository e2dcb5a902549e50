import { ARRIVED_AT, PARKED_AT } from '../key-limits';
import { LATELY, PAUSE_NOTE, type QueueCounts } from '../queue-counts';

interface CountsRow extends Record<
  | 'waiting'
  | 'parked'
  | 'due'
  | 'delayed'
  | 'running'
  | 'failed'
  | 'waiting_for_children'
  | 'completed_lately'
  | 'failed_lately',
  string
> {
  queue: string;
  oldest: string | null;
  paused: boolean;
  pause_note: string | null;
  concurrency: string | null;
}

/**
 * Each count reads the index of its state only, so that completed jobs, which are kept in large numbers, cost nothing.
 * BullMQ's `get_counts` reads every row of the queue. Parameters: the queues, the time now, since when is lately.
 */
const COUNTS = `
SELECT q.queue, w.waiting + d.keyed AS waiting, d.parked, d.due, d.delayed, a.running, f.failed, c.waiting_for_children,
       LEAST(w.oldest, d.oldest, d.oldest_keyed) AS oldest, l.completed_lately, m.failed_lately,
       EXISTS (SELECT FROM meta WHERE queue = q.queue AND field = 'paused' AND value = '1') AS paused,
       (SELECT value FROM meta WHERE queue = q.queue AND field = '${PAUSE_NOTE}') AS pause_note,
       (SELECT value FROM meta WHERE queue = q.queue AND field = 'concurrency') AS concurrency
  FROM unnest($1::text[]) AS q(queue)
 CROSS JOIN LATERAL (
   SELECT count(*) AS waiting, min(GREATEST(added_at_ms, process_at_ms, processed_at_ms)) AS oldest
     FROM job WHERE queue = q.queue AND state = 'waiting') w
 CROSS JOIN LATERAL (
   SELECT count(*) FILTER (WHERE process_at_ms <= $2) AS due,
          count(*) FILTER (WHERE process_at_ms > $2 AND process_at_ms < ${ARRIVED_AT}) AS delayed,
          count(*) FILTER (WHERE process_at_ms >= ${ARRIVED_AT}) AS keyed,
          count(*) FILTER (WHERE process_at_ms >= ${PARKED_AT}) AS parked,
          min(added_at_ms) FILTER (WHERE process_at_ms >= ${ARRIVED_AT}) AS oldest_keyed,
          min(process_at_ms) FILTER (WHERE process_at_ms <= $2) AS oldest
     FROM job WHERE queue = q.queue AND state = 'delayed') d
 CROSS JOIN LATERAL (
   SELECT count(*) AS running FROM job WHERE queue = q.queue AND state = 'active') a
 CROSS JOIN LATERAL (
   SELECT count(*) AS failed FROM job WHERE queue = q.queue AND state = 'failed') f
 CROSS JOIN LATERAL (
   SELECT count(*) AS waiting_for_children
     FROM job WHERE queue = q.queue AND state = 'waiting-children') c
 CROSS JOIN LATERAL (
   SELECT count(*) AS completed_lately
     FROM job WHERE queue = q.queue AND state = 'completed' AND finished_at_ms > $3) l
 CROSS JOIN LATERAL (
   SELECT count(*) AS failed_lately
     FROM job WHERE queue = q.queue AND state = 'failed' AND finished_at_ms > $3) m`;

type Query = <Row>(text: string, parameters?: readonly unknown[]) => Promise<Row[]>;

/** Counts the jobs of these queues in Postgres, by one statement. */
export async function postgresQueueCounts(
  query: Query,
  queues: readonly string[],
  now: number,
): Promise<QueueCounts[]> {
  const rows = await query<CountsRow>(COUNTS, [queues, now, now - LATELY]);
  return rows.map((row) => ({
    queue: row.queue,
    waiting: Number(row.waiting),
    parked: Number(row.parked),
    due: Number(row.due),
    delayed: Number(row.delayed),
    running: Number(row.running),
    failed: Number(row.failed),
    waitingForChildren: Number(row.waiting_for_children),
    oldest: row.oldest === null ? undefined : Number(row.oldest),
    completedLately: Number(row.completed_lately),
    failedLately: Number(row.failed_lately),
    paused: row.paused,
    pauseNote: row.pause_note ?? undefined,
    concurrency: row.concurrency === null ? undefined : Number(row.concurrency),
  }));
}
