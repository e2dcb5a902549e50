import { plpgsql } from './plpgsql';
import { GROUPED_RUN } from './postgres-due-jobs.sql';
import { BY_INDEX } from './postgres-grouped-runs.sql';

/** From here on, entries of an index without a job are too many to pass over in each fetch. */
const MANY_PASSED_OVER = 500;

/**
 * While a transaction of another session stays open, Postgres keeps the entries of all jobs that have waited since in the
 * index of the waiting ones, and a fetch passes over them, more from second to second. Where they are many, a session
 * begins where its last fetch has ended, and at the beginning again after a time that grows with their number: at most a
 * second, so long a job with a higher priority may wait.
 */
export const FIRST_JOBS_MIGRATION = `
${plpgsql(
  'grouped_passed_over() RETURNS bigint',
  '',
  `  RETURN pg_stat_get_xact_tuples_returned(to_regclass('job_ready_idx'));`,
)}
${plpgsql(
  'grouped_first(p_queue text, p_count integer) RETURNS text[]',
  `  v_setting text := 'queue.first_' || abs(hashtext(p_queue)::bigint);
  -- Priority and number of the last fetched job, until when that counts, and of which queue it was.
  v_last text[] := string_to_array(current_setting(v_setting, true), ' ');
  v_now bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  v_ids text[];
  v_priorities integer[];
  v_seqs bigint[];
  v_until bigint;
  v_passed_over bigint;`,
  `  IF v_last[4] = p_queue AND v_last[3]::bigint > v_now THEN
    v_until := v_last[3]::bigint;
    SELECT array_agg(id), array_agg(priority), array_agg(seq) INTO v_ids, v_priorities, v_seqs FROM (
      SELECT id, priority, seq FROM job WHERE queue = p_queue AND state = 'waiting'
         AND (priority, seq) >= (v_last[1]::integer, v_last[2]::bigint)
       ORDER BY priority, seq LIMIT p_count FOR UPDATE SKIP LOCKED) AS first;
  END IF;
  IF v_ids IS NULL OR cardinality(v_ids) < p_count THEN
    v_passed_over := grouped_passed_over();
    SELECT array_agg(id), array_agg(priority), array_agg(seq) INTO v_ids, v_priorities, v_seqs FROM (
      SELECT id, priority, seq FROM job WHERE queue = p_queue AND state = 'waiting'
       ORDER BY priority, seq LIMIT p_count FOR UPDATE SKIP LOCKED) AS first;
    v_passed_over := grouped_passed_over() - v_passed_over;
    IF v_ids IS NULL OR COALESCE(v_passed_over, 0) < ${MANY_PASSED_OVER} THEN RETURN v_ids; END IF;
    v_until := v_now + LEAST(v_passed_over / 100, 1000);
  END IF;
  PERFORM set_config(v_setting, concat_ws(' ', v_priorities[cardinality(v_ids)], v_seqs[cardinality(v_ids)],
    v_until, p_queue), false);
  RETURN v_ids;`,
  BY_INDEX,
)}
${plpgsql(
  'grouped_is_drained(p_queue text, p_is_paused boolean, p_except text[]) RETURNS boolean',
  '',
  `  RETURN NOT EXISTS (SELECT 1 FROM job WHERE queue = p_queue AND state = 'active')
    AND (p_is_paused OR NOT EXISTS (SELECT 1 FROM job WHERE queue = p_queue AND state = 'waiting'
      AND id <> ALL(COALESCE(p_except, '{}'))));`,
  BY_INDEX,
)}
DROP FUNCTION IF EXISTS grouped_is_drained(text, boolean);
${GROUPED_RUN}`;
