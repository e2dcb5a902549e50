import { plpgsql } from './plpgsql';

/** The version of BullMQ's tables that the functions here do the same with as BullMQ's own. */
export const GROUPED_SCHEMA = 11;

/** So that a plan that was made while the table was empty stays right: each statement here reads by an index. */
export const BY_INDEX = `SET enable_seqscan TO off SET enable_bitmapscan TO off SET enable_sort TO off`;

/** How the delayed jobs that are due begin to wait. */
const PROMOTION = `    WITH promoted AS (
      UPDATE job SET state = 'waiting', delay_ms = 0
       WHERE queue = p_queue AND state = 'delayed'
         AND process_at_ms <= (SELECT max(now) FROM unnest(p_now) AS asked (now))
      RETURNING id)
    SELECT array_agg(id) INTO v_due FROM promoted;
`;

/** @param promotion sets `v_due` to the ids of the jobs that it makes wait */
export const groupedRun = (promotion: string): string =>
  plpgsql(
    `grouped_run(p_queue text, p_ids text[], p_tokens text[], p_values text[], p_finished_on bigint[],
  p_removes boolean[], p_fetches boolean[], p_lock_ms bigint[], p_now bigint[], p_names text[])
  RETURNS TABLE (entry integer, fetched job)`,
    `  v_is_paused boolean;
  v_is_limited boolean;
  v_done integer[] := '{}';
  v_ids text[];
  v_refused text[];
  v_fetchers integer[];
  v_due text[];
  v_waits_first boolean;
  v_events text[] := '{}';
  v_data jsonb[] := '{}';`,
    `  IF (SELECT max(version) FROM migration) IS DISTINCT FROM ${GROUPED_SCHEMA} THEN RETURN; END IF;
  SELECT COALESCE(bool_or(field = 'paused' AND value = '1'), false),
         COALESCE(bool_or(field <> 'paused' AND value IS NOT NULL), false)
    INTO v_is_paused, v_is_limited
    FROM meta WHERE queue = p_queue AND field IN ('paused', 'concurrency', 'max');
  IF v_is_limited THEN RETURN; END IF;

  IF array_length(array_remove(p_ids, NULL), 1) > 0 THEN
    PERFORM pg_advisory_xact_lock_shared(hashtext('bullmq:finalization'), hashtext(p_queue));
    SELECT array_agg(id) INTO v_ids FROM (
      SELECT id FROM job
       -- As text, so that the rows are found by their ids: the index of the running jobs holds each that has run since
       -- the table was last vacuumed.
       WHERE queue = p_queue AND id = ANY(p_ids) AND state::text = 'active'
         AND p_tokens[array_position(p_ids, id)] IN ('0', lock_token)
         AND parent_id IS NULL AND parent_queue IS NULL AND dedup_id IS NULL
         FOR UPDATE SKIP LOCKED) AS held;
    -- Looked at when the rows are held: whatever adds a child holds the row of its parent.
    SELECT array_agg(parent_id) INTO v_refused FROM job_dependency
     WHERE parent_queue = p_queue AND parent_id = ANY(v_ids) AND status IN ('pending', 'failed');
    SELECT COALESCE(array_agg(position::integer ORDER BY position), '{}') INTO v_done
      FROM unnest(p_ids) WITH ORDINALITY AS asked (id, position)
     WHERE id = ANY(v_ids) AND id <> ALL(COALESCE(v_refused, '{}')) AND position = array_position(p_ids, id);
  END IF;

  IF cardinality(v_done) > 0 THEN
    SELECT array_agg(p_ids[position] ORDER BY position) INTO v_ids FROM unnest(v_done) AS done (position)
     WHERE NOT p_removes[position];
    UPDATE job SET state = 'completed', return_value = p_values[array_position(p_ids, id)]::jsonb,
           finished_at_ms = p_finished_on[array_position(p_ids, id)], lock_token = NULL, locked_until_ms = NULL,
           attempts_made = attempts_made + 1
     WHERE queue = p_queue AND id = ANY(v_ids);
    IF true = ANY(p_removes) THEN
      DELETE FROM job WHERE queue = p_queue AND id = ANY(
        ARRAY(SELECT p_ids[position] FROM unnest(v_done) AS done (position) WHERE p_removes[position]));
    END IF;
    SELECT array_agg('completed'::text), array_agg(jsonb_build_object('jobId', p_ids[position], 'returnvalue',
             COALESCE(p_values[position]::jsonb, 'null'::jsonb)::text, 'prev', 'active') ORDER BY position)
      INTO v_events, v_data FROM unnest(v_done) AS done (position);
  END IF;

  SELECT COALESCE(array_agg(position::integer ORDER BY position), '{}') INTO v_fetchers
    FROM unnest(p_fetches, p_ids) WITH ORDINALITY AS asked (fetches, id, position)
   WHERE fetches AND (id IS NULL OR position = ANY(v_done));
  RETURN QUERY SELECT taken, NULL::job FROM (
    SELECT unnest(v_done) AS taken UNION SELECT unnest(v_fetchers)) AS answered;

  v_ids := NULL;
  IF cardinality(v_fetchers) > 0 THEN
${promotion}    IF v_due IS NOT NULL THEN
      SELECT v_events || array_agg('waiting'::text),
             v_data || array_agg(jsonb_build_object('jobId', id, 'prev', 'delayed'))
        INTO v_events, v_data FROM unnest(v_due) AS due (id);
    END IF;
    IF NOT v_is_paused THEN v_ids := grouped_first(p_queue, cardinality(v_fetchers)); END IF;
  END IF;

  -- If a job waits that was not delayed until now, the queue is not empty. Otherwise: one after another, the first of the
  -- entries that fetches would have made the due jobs wait, before the last one ends.
  IF cardinality(v_done) > 0 AND (v_ids IS NULL OR v_due IS NOT NULL) THEN
    v_waits_first := COALESCE(v_fetchers[1] < v_done[cardinality(v_done)], false);
    IF grouped_is_drained(p_queue, v_is_paused, CASE WHEN v_waits_first THEN NULL ELSE v_due END) THEN
      v_events := v_events || 'drained'::text;
      v_data := v_data || '{}'::jsonb;
    END IF;
  END IF;

  IF v_ids IS NOT NULL THEN
    RETURN QUERY UPDATE job SET state = 'active',
           lock_token = p_tokens[v_fetchers[array_position(v_ids, id)]],
           locked_until_ms = p_now[v_fetchers[array_position(v_ids, id)]]
             + p_lock_ms[v_fetchers[array_position(v_ids, id)]],
           processed_at_ms = p_now[v_fetchers[array_position(v_ids, id)]],
           processed_by = p_names[v_fetchers[array_position(v_ids, id)]],
           attempts_started = attempts_started + 1
     WHERE queue = p_queue AND id = ANY(v_ids)
    RETURNING v_fetchers[array_position(v_ids, id)], job;
    SELECT v_events || array_agg('active'::text),
           v_data || array_agg(jsonb_build_object('jobId', id, 'prev', 'waiting') ORDER BY position)
      INTO v_events, v_data FROM unnest(v_ids) WITH ORDINALITY AS fetched (id, position);
  END IF;
  PERFORM grouped_publish(p_queue, v_events, v_data);`,
    BY_INDEX,
  );

/**
 * Ends and fetches of jobs, many in one statement: what `move_to_completed`, `move_to_completed_fetch` and
 * `move_to_active` do, for the jobs with which BullMQ's functions have no more to do. An entry completes a job
 * (`p_ids`), or fetches one (`p_fetches`), or both.
 *
 * The answer has a row for each entry that was taken, and one more with its job for each that fetched one. For an entry
 * without a row nothing was done: it goes to BullMQ's own function, which handles what these do not, and fails what
 * must fail. It waits for no lock of a row: a job in other hands is left to BullMQ's function as well. So one entry
 * neither fails nor delays the others, and groups of several processes cannot lose a deadlock to one another.
 */
export const GROUPED_RUNS_MIGRATION = `
${plpgsql(
  'grouped_publish(p_queue text, p_names text[], p_data jsonb[]) RETURNS void',
  `  v_kept integer;
  v_trim bigint;`,
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
    DELETE FROM event WHERE queue = p_queue AND id <= v_trim - v_kept;
  END IF;`,
)}
${groupedRun(PROMOTION)}
`;
