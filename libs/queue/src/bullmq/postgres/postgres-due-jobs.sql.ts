import { LIMIT_KEY } from '../../contract/key-limits';
import { plpgsql, replacing } from './plpgsql';
import { BY_INDEX, GROUPED_SCHEMA, groupedRun } from './postgres-grouped-runs.sql';
import { keyLimitAdmit, keyLimitFetch } from './postgres-key-limits.sql';

/** The most delayed jobs that one fetch makes wait, if it does not fetch more: some milliseconds of work. */
const BATCH = 20;

const FETCH = `p_token text, p_lock_ms bigint, p_now bigint, p_name text,
  p_limiter_max integer, p_limiter_duration bigint`;
const FETCH_GIVEN = 'p_queue, p_token, p_lock_ms, p_now, p_name, p_limiter_max, p_limiter_duration';

/** The function as it is now, in place of that of an earlier version. */
export const GROUPED_RUN = replacing(
  groupedRun(
    `    v_due := due_promote(p_queue, (SELECT max(now) FROM unnest(p_now) AS asked (now)), true,\n      cardinality(v_fetchers));\n`,
  ),
);

/**
 * Delayed jobs that are due begin to wait when a worker fetches. BullMQ's functions do that with all of them, in the
 * fetch of one job: with 100,000 that are due in the same second none is fetched for a minute. Here each fetch does it
 * with some, those that are due first, and passes over those in the hands of another fetch.
 */
export const DUE_JOBS_MIGRATION = `
${plpgsql('due_batch() RETURNS integer', '', `  RETURN ${BATCH};`)}
${plpgsql(
  'due_promote(p_queue text, p_now bigint, p_with_keys boolean, p_fetched integer) RETURNS text[]',
  '  v_ids text[];',
  `  v_ids := ARRAY(
    SELECT id FROM job
     WHERE queue = p_queue AND state = 'delayed' AND process_at_ms <= p_now
       AND (p_with_keys OR NOT opts ? '${LIMIT_KEY}')
     ORDER BY process_at_ms LIMIT GREATEST(due_batch(), p_fetched) FOR UPDATE SKIP LOCKED);
  IF cardinality(v_ids) = 0 THEN RETURN NULL; END IF;
  UPDATE job SET state = 'waiting', delay_ms = 0 WHERE queue = p_queue AND id = ANY(v_ids);
  RETURN v_ids;`,
  BY_INDEX,
)}
${plpgsql(
  `due_fetch(p_queue text, ${FETCH}, p_with_keys boolean DEFAULT true) RETURNS SETOF job`,
  `  v_due text[];
  v_job job;
  v_concurrency integer;
  v_max integer;
  v_duration bigint;`,
  `  IF (SELECT max(version) FROM migration) IS NOT DISTINCT FROM ${GROUPED_SCHEMA} THEN
    v_due := due_promote(p_queue, p_now, p_with_keys, 1);
    IF v_due IS NOT NULL THEN
      PERFORM grouped_publish(p_queue, array_fill('waiting'::text, ARRAY[cardinality(v_due)]),
        ARRAY(SELECT jsonb_build_object('jobId', id, 'prev', 'delayed') FROM unnest(v_due) AS due (id)));
    END IF;
    v_due := ARRAY(SELECT id FROM job
      WHERE queue = p_queue AND state = 'delayed' AND process_at_ms <= p_now LIMIT 1);
  END IF;
  IF COALESCE(cardinality(v_due), 0) = 0 THEN
    RETURN QUERY SELECT * FROM move_to_active(${FETCH_GIVEN});
    RETURN;
  END IF;

  -- More are due. What BullMQ's function does after it has made them wait.
  IF EXISTS (SELECT FROM meta WHERE queue = p_queue AND field = 'paused' AND value = '1') THEN RETURN; END IF;
  SELECT value::integer INTO v_concurrency FROM meta WHERE queue = p_queue AND field = 'concurrency';
  IF v_concurrency IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('bullmq:concurrency:' || p_queue));
    IF (SELECT count(*) FROM job WHERE queue = p_queue AND state = 'active') >= v_concurrency THEN RETURN; END IF;
  END IF;
  SELECT value::integer INTO v_max FROM meta WHERE queue = p_queue AND field = 'max';
  v_max := COALESCE(v_max, p_limiter_max);
  IF v_max IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('bullmq:limiter:' || p_queue));
    IF rate_limit_effective(p_queue, p_limiter_max, p_now) > 0 THEN RETURN; END IF;
  END IF;
  SELECT * INTO v_job FROM job WHERE queue = p_queue AND state = 'waiting'
   ORDER BY priority, seq LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN; END IF;
  IF v_max IS NOT NULL THEN
    SELECT value::bigint INTO v_duration FROM meta WHERE queue = p_queue AND field = 'duration';
    v_duration := COALESCE(p_limiter_duration, v_duration);
    IF v_duration IS NOT NULL THEN PERFORM rate_limit_consume(p_queue, v_duration, p_now); END IF;
  END IF;
  PERFORM publish_event(p_queue, 'active', jsonb_build_object('jobId', v_job.id, 'prev', 'waiting'));
  RETURN QUERY UPDATE job SET state = 'active', lock_token = p_token, locked_until_ms = p_now + p_lock_ms,
         processed_at_ms = p_now, processed_by = p_name, attempts_started = attempts_started + 1
   WHERE queue = p_queue AND id = v_job.id RETURNING *;`,
  BY_INDEX,
)}
${plpgsql(
  `due_completed_fetch(p_queue text, p_id text, p_token text, p_value jsonb, p_finished_on bigint,
  p_remove_all boolean, p_keep_age bigint, p_keep_count integer, p_lock_ms bigint, p_now bigint, p_name text,
  p_limiter_max integer, p_limiter_duration bigint) RETURNS SETOF job`,
  '',
  `  PERFORM move_to_completed(p_queue, p_id, p_token, p_value, p_finished_on, p_remove_all, p_keep_age, p_keep_count);
  RETURN QUERY SELECT * FROM due_fetch(${FETCH_GIVEN});`,
)}
${plpgsql(
  `due_failed_fetch(p_queue text, p_id text, p_token text, p_reason text, p_stacktrace jsonb, p_finished_on bigint,
  p_remove_all boolean, p_keep_age bigint, p_keep_count integer, p_lock_ms bigint, p_now bigint, p_name text,
  p_limiter_max integer, p_limiter_duration bigint) RETURNS SETOF job`,
  '',
  `  PERFORM move_to_failed(p_queue, p_id, p_token, p_reason, p_stacktrace, p_finished_on,
    p_remove_all, p_keep_age, p_keep_count);
  RETURN QUERY SELECT * FROM due_fetch(${FETCH_GIVEN});`,
)}
${GROUPED_RUN}
${replacing(keyLimitAdmit('LIMIT due_batch()'))}
${replacing(keyLimitFetch(`due_fetch(${FETCH_GIVEN}, false)`))}
`;
