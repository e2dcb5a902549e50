import { plpgsql } from './plpgsql';
import { GROUPED_SCHEMA } from './postgres-grouped-runs.sql';

/**
 * Many jobs in one statement: what `add_job` does with a job without an id of its own, a parent and a deduplication
 * key. Such jobs are new, so no row of another transaction is waited for.
 *
 * The answer has a row for each entry that was added. The first job of a queue is left to BullMQ's function, which
 * creates the sequence of the ids.
 */
export const GROUPED_ADDS_MIGRATION = plpgsql(
  `grouped_add(p_queue text, p_names text[], p_data text[], p_opts text[], p_priorities integer[], p_delays bigint[],
  p_timestamps bigint[], p_attempts integer[], p_scheduler_ids text[], p_lifo boolean[])
  RETURNS TABLE (entry integer, added text)`,
  `  v_ids_of text := job_id_seq_name(p_queue);
  v_ids text[];
  v_seqs bigint[];
  v_inserted text[];
  v_events text[];
  v_data jsonb[];`,
  `  IF (SELECT max(version) FROM migration) IS DISTINCT FROM ${GROUPED_SCHEMA} OR to_regclass(v_ids_of) IS NULL
  THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtext('bullmq:finalization'), hashtext(p_queue));
  -- Each in ascending order, as if they were added one after another.
  SELECT array_agg(next_id::text ORDER BY next_id), array_agg(next_seq ORDER BY next_seq) INTO v_ids, v_seqs
    FROM (SELECT nextval(v_ids_of::regclass) AS next_id, nextval('job_seq') AS next_seq
            FROM generate_series(1, cardinality(p_names))) AS numbers;
  WITH asked AS (
    SELECT * FROM unnest(v_ids, v_seqs, p_names, p_data, p_opts, p_priorities, p_delays, p_timestamps, p_attempts,
        p_scheduler_ids, p_lifo)
      AS asked (id, seq, name, data, opts, priority, delay, added_at, attempts, scheduler_id, lifo)
  ), inserted AS (
    INSERT INTO job (queue, id, seq, name, state, data, opts, priority, delay_ms, max_attempts, added_at_ms,
        process_at_ms, scheduler_id)
    SELECT p_queue, id, CASE WHEN lifo THEN -seq ELSE seq END, name,
           CASE WHEN delay > 0 THEN 'delayed'::job_state ELSE 'waiting'::job_state END,
           COALESCE(data::jsonb, '{}'), COALESCE(opts::jsonb, '{}'), COALESCE(priority, 0), COALESCE(delay, 0),
           COALESCE(attempts, 1), added_at, CASE WHEN delay > 0 THEN added_at + delay END, scheduler_id
      FROM asked
    ON CONFLICT (queue, id) DO NOTHING
    RETURNING id)
  SELECT array_agg(id) INTO v_inserted FROM inserted;
  SELECT array_agg(event ORDER BY position, event), array_agg(data ORDER BY position, event) INTO v_events, v_data
    FROM unnest(v_ids, p_names, p_delays, p_timestamps)
           WITH ORDINALITY AS asked (id, name, delay, added_at, position),
         LATERAL (VALUES
           ('added', jsonb_build_object('jobId', id, 'name', name)),
           (CASE WHEN delay > 0 THEN 'delayed' ELSE 'waiting' END,
            CASE WHEN delay > 0 THEN jsonb_build_object('jobId', id, 'delay', added_at + delay)
                 ELSE jsonb_build_object('jobId', id) END)) AS happened (event, data)
   WHERE id = ANY(v_inserted);
  IF v_inserted IS NULL THEN RETURN; END IF;
  PERFORM pg_notify('bullmq_jobs', p_queue);
  PERFORM grouped_publish(p_queue, v_events, v_data);
  RETURN QUERY SELECT position::integer, id FROM unnest(v_ids) WITH ORDINALITY AS asked (id, position)
    WHERE id = ANY(v_inserted);`,
);
