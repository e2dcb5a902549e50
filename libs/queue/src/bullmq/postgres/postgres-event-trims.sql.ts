import { plpgsql, replacing } from './plpgsql';

/**
 * A trim removes the oldest events of a queue. Entries of those that were removed earlier stay in the index until the table
 * is vacuumed, and BullMQ's own trim passes over all of them, more with each job. So a session begins where its last trim
 * has ended. What another transaction has published below that, and committed late, goes with a trim of BullMQ's.
 */
export const EVENT_TRIMS_MIGRATION = replacing(
  plpgsql(
    'grouped_publish(p_queue text, p_names text[], p_data jsonb[]) RETURNS void',
    `  v_kept integer;
  v_trim bigint;
  v_setting text := 'queue.trimmed_' || abs(hashtext(p_queue)::bigint);
  -- The last event that was removed here, and of which queue it was.
  v_last text[] := string_to_array(current_setting(v_setting, true), ' ');
  v_from bigint := 0;`,
    `  IF cardinality(p_names) = 0 THEN RETURN; END IF;
  WITH published AS (
    INSERT INTO event (queue, event, data, created_at_ms)
    SELECT p_queue, name, data, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
      FROM unnest(p_names, p_data) WITH ORDINALITY AS published (name, data, position) ORDER BY position
    RETURNING id)
  SELECT max(id) INTO v_trim FROM published WHERE id % 256 = 0;
  IF pg_try_advisory_xact_lock(hashtext('bullmq:evnotify:' || p_queue)) THEN
    PERFORM pg_notify('bullmq_events', p_queue);
  END IF;
  IF v_trim IS NULL THEN RETURN; END IF;
  SELECT COALESCE((SELECT value::integer FROM meta WHERE queue = p_queue AND field = 'opts.maxLenEvents'), 10000)
    INTO v_kept;
  IF v_kept > 0 AND v_trim > v_kept AND pg_try_advisory_xact_lock(hashtext('bullmq:evtrim:' || p_queue)) THEN
    IF v_last[2] = p_queue THEN v_from := v_last[1]::bigint; END IF;
    DELETE FROM event WHERE queue = p_queue AND id > v_from AND id <= v_trim - v_kept;
    PERFORM set_config(v_setting, concat_ws(' ', v_trim - v_kept, p_queue), false);
  END IF;`,
  ),
);
