import type { Client, QueryResultRow } from 'pg';

/** What one fetch has read of the index of the waiting jobs. */
interface Reads {
  /** Those that Postgres did not know to be dead. */
  readonly entries: number;
  readonly pages: number;
}

const READS = `
  SELECT pg_stat_get_xact_tuples_returned(index)::integer AS entries,
         pg_stat_get_xact_blocks_fetched(index)::integer AS pages
    FROM (SELECT 'bullmq.job_ready_idx'::regclass::oid AS index) AS ready`;

/** The jobs that a fetch of this session would take, and what it has read for them. */
export async function firstJobs(
  session: Client,
  queue: string,
  count: number,
): Promise<Reads & { readonly ids: readonly string[] }> {
  const ask = async <Row extends QueryResultRow>(text: string, values?: unknown[]) =>
    (await session.query<Row>(text, values)).rows[0];
  await session.query('BEGIN');
  const before = await ask<Reads & QueryResultRow>(READS);
  const taken = await ask<{ ids: string[] }>('SELECT bullmq.grouped_first($1, $2) AS ids', [
    queue,
    count,
  ]);
  const after = await ask<Reads & QueryResultRow>(READS);
  await session.query('COMMIT');
  return {
    ids: taken?.ids ?? [],
    entries: (after?.entries ?? 0) - (before?.entries ?? 0),
    pages: (after?.pages ?? 0) - (before?.pages ?? 0),
  };
}
