import { plpgsql, replacing } from './plpgsql';

/** Of the index of the waiting jobs: one page holds more, but a job with few pages to read need not count them exactly. */
const ENTRIES_OF_A_PAGE = 50;

/**
 * Entries of jobs that have run are marked as dead by the first fetch that finds them, and Postgres counts them no more; but
 * their pages are read in each fetch until the table is vacuumed. With very many kept jobs that is seldom: by default,
 * after a fifth of all rows has changed. So pages count too.
 */
export const PASSED_OVER_MIGRATION = replacing(
  plpgsql(
    'grouped_passed_over() RETURNS bigint',
    `  v_index oid := to_regclass('job_ready_idx');`,
    `  RETURN pg_stat_get_xact_tuples_returned(v_index)
    + ${ENTRIES_OF_A_PAGE} * pg_stat_get_xact_blocks_fetched(v_index);`,
  ),
);
