import { MINUTE, RECENT, type FinishedInMinute, type RunHistory } from '../run-history';

type Query = <Row>(text: string, parameters?: readonly unknown[]) => Promise<Row[]>;

interface HistoryRow {
  queue: string;
  minutes: FinishedInMinute[] | null;
  durations: number[] | null;
}

/** Reads the index of finished jobs only. Parameters: the queues, since when. */
const HISTORY = `
SELECT q.queue, m.minutes, d.durations
  FROM unnest($1::text[]) AS q(queue)
 CROSS JOIN LATERAL (
   SELECT json_agg(json_build_object('at', at, 'completed', completed, 'failed', failed)) AS minutes
     FROM (
       SELECT finished_at_ms / ${MINUTE} * ${MINUTE} AS at,
              count(*) FILTER (WHERE state = 'completed') AS completed,
              count(*) FILTER (WHERE state = 'failed') AS failed
         FROM job
        WHERE queue = q.queue AND state IN ('completed', 'failed') AND finished_at_ms >= $2
        GROUP BY 1) AS by_minute) AS m
 CROSS JOIN LATERAL (
   SELECT json_agg(ran) AS durations
     FROM (
       SELECT finished_at_ms - processed_at_ms AS ran
         FROM job
        WHERE queue = q.queue AND state = 'completed' AND finished_at_ms > 0
        ORDER BY finished_at_ms DESC
        LIMIT ${RECENT}) AS recent
    WHERE ran IS NOT NULL) AS d`;

/** What has finished in these queues since a time, by one statement. */
export async function postgresRunHistory(
  query: Query,
  queues: readonly string[],
  since: number,
): Promise<RunHistory[]> {
  const rows = await query<HistoryRow>(HISTORY, [queues, since]);
  return rows.map(({ queue, minutes, durations }) => ({
    queue,
    minutes: minutes ?? [],
    durations: durations ?? [],
  }));
}
