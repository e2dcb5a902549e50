import { ARRIVED_AT, PARKED_AT } from '../key-limits';
import { LIMIT_KEY } from '../../contract/key-limits';
import { plpgsql } from './plpgsql';

/** The columns and the predicate of the jobs with a key, as the indexes and every query have them. */
const KEY = `(opts ->> '${LIMIT_KEY}')`;
const HELD = `state IN ('waiting', 'active') AND opts ? '${LIMIT_KEY}'`;
const PARKED = `state = 'delayed' AND process_at_ms >= ${ARRIVED_AT} AND opts ? '${LIMIT_KEY}'`;

const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const LIMITS = 'p_concurrency integer, p_rate_max integer, p_rate_per bigint';
const GIVEN = 'p_concurrency, p_rate_max, p_rate_per';

/** The most jobs that one fetch looks at, and the most keys. */
const BATCH = 500;

const key = (queue: string, id: string) =>
  `(SELECT ${KEY} FROM job WHERE queue = ${queue} AND id = ${id})`;

/** @param limit how many due jobs arrive at once: a clause, or nothing for all of them */
export const keyLimitAdmit = (limit: string): string =>
  plpgsql(
    `key_limit_admit(p_queue text, p_now bigint, ${LIMITS}, p_sweep boolean) RETURNS integer`,
    `  v_ids text[];
  v_keys text[];
  v_key text;
  v_parked text[] := '{}';
  v_released integer := 0;`,
    `  -- What is due has waited for its delay, and now waits for room.
  UPDATE job SET process_at_ms = ${ARRIVED_AT}, delay_ms = ${ARRIVED_AT} - added_at_ms
   WHERE queue = p_queue AND id IN (
     SELECT id FROM job WHERE queue = p_queue AND state = 'delayed' AND process_at_ms <= p_now
        AND opts ? '${LIMIT_KEY}' ${limit} FOR UPDATE SKIP LOCKED);

  SELECT array_agg(id), array_agg(DISTINCT arrived_key) INTO v_ids, v_keys FROM (
    SELECT id, ${KEY} AS arrived_key FROM job
     WHERE queue = p_queue AND state = 'delayed' AND process_at_ms = ${ARRIVED_AT} AND opts ? '${LIMIT_KEY}'
     LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) AS arrived;
  FOREACH v_key IN ARRAY COALESCE(v_keys, '{}') LOOP
    IF key_limit_try_lock(p_queue, v_key) THEN
      v_released := v_released + key_limit_release(p_queue, v_key, ${GIVEN});
      v_parked := v_parked || v_key;
    END IF;
  END LOOP;
  IF v_ids IS NOT NULL THEN
    UPDATE job SET process_at_ms = ${PARKED_AT}, delay_ms = ${PARKED_AT} - added_at_ms
     WHERE queue = p_queue AND id = ANY(v_ids) AND state = 'delayed' AND ${KEY} = ANY(v_parked);
  END IF;

  FOR v_key IN
    SELECT key FROM key_limit_until WHERE queue = p_queue AND until_ms <= ${NOW} LIMIT ${BATCH}
  LOOP
    IF key_limit_try_lock(p_queue, v_key) THEN
      DELETE FROM key_limit_until WHERE queue = p_queue AND key = v_key AND until_ms <= ${NOW};
      v_released := v_released + key_limit_release(p_queue, v_key, ${GIVEN});
    END IF;
  END LOOP;

  IF p_sweep THEN
    DELETE FROM key_limit_start WHERE queue = p_queue AND at_ms <= ${NOW} - p_rate_per;
    -- Keys with room whose jobs ended outside these functions: removed, or ended by a worker of an older build.
    FOR v_key IN
      WITH RECURSIVE keys AS (
        (SELECT ${KEY} AS key FROM job WHERE queue = p_queue AND ${PARKED} ORDER BY ${KEY} LIMIT 1)
        UNION ALL
        SELECT (SELECT ${KEY} FROM job WHERE queue = p_queue AND ${PARKED} AND ${KEY} > keys.key
                 ORDER BY ${KEY} LIMIT 1)
          FROM keys WHERE keys.key IS NOT NULL)
      SELECT key FROM keys
       WHERE key IS NOT NULL
         AND (p_concurrency IS NULL OR p_concurrency >
           (SELECT count(*) FROM job WHERE queue = p_queue AND ${KEY} = keys.key AND ${HELD}))
       LIMIT ${BATCH}
    LOOP
      IF key_limit_try_lock(p_queue, v_key) THEN
        v_released := v_released + key_limit_release(p_queue, v_key, ${GIVEN});
      END IF;
    END LOOP;
  END IF;
  RETURN v_released;`,
  );

const BULLMQ_FETCH = `move_to_active(
      p_queue, p_token, p_lock_ms, p_now, p_name, p_limiter_max, p_limiter_duration)`;

/** @param fetch the call of the function that fetches a job */
export const keyLimitFetch = (fetch: string): string =>
  plpgsql(
    `key_limit_fetch(p_queue text, p_token text, p_lock_ms bigint, p_now bigint, p_name text,
  p_limiter_max integer, p_limiter_duration bigint, ${LIMITS}, p_sweep boolean) RETURNS SETOF job`,
    `  v_job job;
  v_released integer;
  v_key text;`,
    `  v_released := key_limit_admit(p_queue, p_now, ${GIVEN}, p_sweep);
  LOOP
    SELECT * INTO v_job FROM ${fetch};
    EXIT WHEN NOT FOUND;
    v_key := v_job.opts ->> '${LIMIT_KEY}';
    IF v_key IS NOT NULL AND v_job.process_at_ms IS NOT NULL THEN
      -- Its delay was stored after the look above, and was over before BullMQ's: it was promoted, and not released.
      UPDATE job SET state = 'delayed', process_at_ms = ${ARRIVED_AT}, delay_ms = ${ARRIVED_AT} - added_at_ms,
             lock_token = NULL, locked_until_ms = NULL, attempts_started = attempts_started - 1
       WHERE queue = p_queue AND id = v_job.id;
      v_released := v_released + key_limit_admit(p_queue, p_now, ${GIVEN}, false);
      CONTINUE;
    END IF;
    v_released := v_released - 1;
    IF v_key IS NOT NULL AND p_rate_max IS NOT NULL THEN
      INSERT INTO key_limit_start (queue, key, at_ms) VALUES (p_queue, v_key, ${NOW});
      IF key_limit_try_lock(p_queue, v_key) THEN
        v_released := v_released + key_limit_release(p_queue, v_key, ${GIVEN});
      END IF;
    END IF;
    RETURN NEXT v_job;
    EXIT;
  END LOOP;
  -- As for every other job that begins to wait. The one that is fetched here needs no other worker.
  IF v_released > 0 THEN PERFORM pg_notify('bullmq_jobs', p_queue); END IF;`,
  );

/**
 * What the limits by key add to BullMQ's tables, as one migration.
 *
 * Nothing is counted twice: whether a job holds a slot of its key is its state, which an index finds. So a slot cannot
 * leak, whatever ends the job. What decides about a key is done under an advisory lock of that key. A transaction waits
 * for such a lock only as the end of a job, which holds no other one; everything else passes over a key that is locked.
 * An \`add\` takes none.
 */
export const KEY_LIMITS_MIGRATION = `
CREATE INDEX job_limit_held_idx ON job (queue, ${KEY}) WHERE ${HELD};
CREATE INDEX job_limit_parked_idx ON job (queue, ${KEY}, priority, seq) WHERE ${PARKED};

-- Nothing of a key is released before this time.
CREATE TABLE key_limit_until (
  queue text NOT NULL, key text NOT NULL, until_ms bigint NOT NULL, PRIMARY KEY (queue, key)
);
CREATE INDEX key_limit_until_idx ON key_limit_until (queue, until_ms);

-- The starts of the latest window of a key with a rate.
CREATE TABLE key_limit_start (queue text NOT NULL, key text NOT NULL, at_ms bigint NOT NULL);
CREATE INDEX key_limit_start_idx ON key_limit_start (queue, key, at_ms);
${plpgsql(
  'key_limit_lock(p_queue text, p_key text) RETURNS void',
  '',
  `PERFORM pg_advisory_xact_lock(hashtext('key_limit:' || p_queue), hashtext(p_key));`,
)}
${plpgsql(
  'key_limit_try_lock(p_queue text, p_key text) RETURNS boolean',
  '',
  `RETURN pg_try_advisory_xact_lock(hashtext('key_limit:' || p_queue), hashtext(p_key));`,
)}
${plpgsql(
  `key_limit_release(p_queue text, p_key text, ${LIMITS}) RETURNS integer`,
  `  v_now bigint := ${NOW};
  v_room integer := ${BATCH};
  v_tokens integer;
  v_used integer := 0;
  v_oldest bigint;
  v_released integer := 0;
  v_id text;`,
  `  IF NOT EXISTS (SELECT 1 FROM job WHERE queue = p_queue AND ${KEY} = p_key AND ${PARKED})
     OR EXISTS (SELECT 1 FROM key_limit_until WHERE queue = p_queue AND key = p_key AND until_ms > v_now)
  THEN RETURN 0; END IF;
  IF p_concurrency IS NOT NULL THEN
    v_room := LEAST(v_room, p_concurrency -
      (SELECT count(*) FROM job WHERE queue = p_queue AND ${KEY} = p_key AND ${HELD})::integer);
    IF v_room <= 0 THEN RETURN 0; END IF;
  END IF;
  IF p_rate_max IS NOT NULL THEN
    DELETE FROM key_limit_start WHERE queue = p_queue AND key = p_key AND at_ms <= v_now - p_rate_per;
    SELECT count(*), min(at_ms) INTO v_used, v_oldest
      FROM key_limit_start WHERE queue = p_queue AND key = p_key;
    -- A job that was released and has not started will take a start as well.
    v_tokens := p_rate_max - v_used - (SELECT count(*) FROM job
      WHERE queue = p_queue AND ${KEY} = p_key AND ${HELD} AND state = 'waiting')::integer;
    v_room := LEAST(v_room, v_tokens);
  END IF;
  IF v_room > 0 THEN
    FOR v_id IN
      SELECT id FROM job WHERE queue = p_queue AND ${KEY} = p_key AND ${PARKED}
       ORDER BY priority, seq LIMIT v_room FOR UPDATE SKIP LOCKED
    LOOP
      -- Last among the waiting jobs, whatever its key: the others are before it.
      UPDATE job SET state = 'waiting', seq = nextval('job_seq'), process_at_ms = NULL, delay_ms = 0
       WHERE queue = p_queue AND id = v_id;
      PERFORM publish_event(p_queue, 'waiting', jsonb_build_object('jobId', v_id, 'prev', 'delayed'));
      v_released := v_released + 1;
    END LOOP;
  END IF;
  -- Looked at again when the oldest start has left its window. Starts that are to come set this time themselves.
  IF v_tokens - v_released <= 0 AND v_used > 0 THEN
    INSERT INTO key_limit_until (queue, key, until_ms) VALUES (p_queue, p_key, v_oldest + p_rate_per)
      ON CONFLICT (queue, key) DO UPDATE SET until_ms = EXCLUDED.until_ms
        WHERE key_limit_until.until_ms IS DISTINCT FROM EXCLUDED.until_ms;
    -- A worker without a job then waits for that time.
    IF FOUND THEN PERFORM pg_notify('bullmq_jobs', p_queue); END IF;
  END IF;
  RETURN v_released;`,
)}
${plpgsql(
  'key_limit_pause(p_queue text, p_key text, p_delay bigint) RETURNS void',
  '',
  `  PERFORM key_limit_lock(p_queue, p_key);
  INSERT INTO key_limit_until (queue, key, until_ms) VALUES (p_queue, p_key, ${NOW} + p_delay)
    ON CONFLICT (queue, key) DO UPDATE SET until_ms = GREATEST(key_limit_until.until_ms, EXCLUDED.until_ms);
  PERFORM pg_notify('bullmq_jobs', p_queue);`,
)}
${keyLimitAdmit('')}
${keyLimitFetch(BULLMQ_FETCH)}
${plpgsql(
  `key_limit_end(p_queue text, p_key text, ${LIMITS}, p_notify boolean) RETURNS void`,
  '  v_released integer;',
  `  IF p_key IS NULL THEN RETURN; END IF;
  PERFORM key_limit_lock(p_queue, p_key);
  v_released := key_limit_release(p_queue, p_key, ${GIVEN});
  IF p_notify AND v_released > 0 THEN PERFORM pg_notify('bullmq_jobs', p_queue); END IF;`,
)}
${plpgsql(
  `key_limit_completed(p_queue text, p_id text, p_token text, p_value jsonb, p_finished_on bigint,
  p_remove_all boolean, p_keep_age bigint, p_keep_count integer, ${LIMITS}) RETURNS bigint`,
  `  v_key text := ${key('p_queue', 'p_id')};`,
  `  PERFORM move_to_completed(p_queue, p_id, p_token, p_value, p_finished_on, p_remove_all, p_keep_age, p_keep_count);
  PERFORM key_limit_end(p_queue, v_key, ${GIVEN}, true);
  RETURN p_finished_on;`,
)}
${plpgsql(
  `key_limit_completed_fetch(p_queue text, p_id text, p_token text, p_value jsonb, p_finished_on bigint,
  p_remove_all boolean, p_keep_age bigint, p_keep_count integer, p_lock_ms bigint, p_now bigint, p_name text,
  p_limiter_max integer, p_limiter_duration bigint, ${LIMITS}, p_sweep boolean) RETURNS SETOF job`,
  `  v_key text := ${key('p_queue', 'p_id')};`,
  `  PERFORM move_to_completed(p_queue, p_id, p_token, p_value, p_finished_on, p_remove_all, p_keep_age, p_keep_count);
  PERFORM key_limit_end(p_queue, v_key, ${GIVEN}, true);
  RETURN QUERY SELECT * FROM key_limit_fetch(p_queue, p_token, p_lock_ms, p_now, p_name,
    p_limiter_max, p_limiter_duration, ${GIVEN}, p_sweep);`,
)}
${plpgsql(
  `key_limit_failed(p_queue text, p_id text, p_token text, p_reason text, p_stacktrace jsonb, p_finished_on bigint,
  p_remove_all boolean, p_keep_age bigint, p_keep_count integer, ${LIMITS}) RETURNS bigint`,
  `  v_key text := ${key('p_queue', 'p_id')};`,
  `  PERFORM move_to_failed(p_queue, p_id, p_token, p_reason, p_stacktrace, p_finished_on,
    p_remove_all, p_keep_age, p_keep_count);
  PERFORM key_limit_end(p_queue, v_key, ${GIVEN}, true);
  RETURN p_finished_on;`,
)}
${plpgsql(
  `key_limit_failed_fetch(p_queue text, p_id text, p_token text, p_reason text, p_stacktrace jsonb,
  p_finished_on bigint, p_remove_all boolean, p_keep_age bigint, p_keep_count integer, p_lock_ms bigint, p_now bigint,
  p_name text, p_limiter_max integer, p_limiter_duration bigint, ${LIMITS}, p_sweep boolean) RETURNS SETOF job`,
  `  v_key text := ${key('p_queue', 'p_id')};`,
  `  PERFORM move_to_failed(p_queue, p_id, p_token, p_reason, p_stacktrace, p_finished_on,
    p_remove_all, p_keep_age, p_keep_count);
  PERFORM key_limit_end(p_queue, v_key, ${GIVEN}, true);
  RETURN QUERY SELECT * FROM key_limit_fetch(p_queue, p_token, p_lock_ms, p_now, p_name,
    p_limiter_max, p_limiter_duration, ${GIVEN}, p_sweep);`,
)}
${plpgsql(
  `key_limit_delayed(p_queue text, p_id text, p_token text, p_process_at bigint, p_delay bigint,
  p_skip_attempt boolean, p_reason text, p_stacktrace jsonb, ${LIMITS}) RETURNS integer`,
  '',
  `  PERFORM move_to_delayed(p_queue, p_id, p_token, p_process_at, p_delay, p_skip_attempt, p_reason, p_stacktrace);
  PERFORM key_limit_end(p_queue, ${key('p_queue', 'p_id')}, ${GIVEN}, true);
  RETURN 1;`,
)}
${plpgsql(
  'key_limit_next_delay(p_queue text, p_now bigint) RETURNS bigint',
  '  v_until bigint;',
  `  -- Arrived, and not in the hands of another worker.
  PERFORM 1 FROM job WHERE queue = p_queue AND state = 'delayed' AND process_at_ms = ${ARRIVED_AT}
    LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF FOUND THEN RETURN p_now + 5; END IF;
  -- By the clock of this server, and answered for that of the caller.
  SELECT min(until_ms) - ${NOW} + p_now INTO v_until FROM key_limit_until WHERE queue = p_queue;
  RETURN LEAST(v_until, (SELECT min(process_at_ms) FROM job
    WHERE queue = p_queue AND state = 'delayed' AND process_at_ms < ${ARRIVED_AT}));`,
)}
${plpgsql(
  `key_limit_next_signal(p_queue text, p_limiter_max integer, p_now bigint)
  RETURNS TABLE (rate_limit_ttl bigint, next_delay bigint)`,
  '',
  '  RETURN QUERY SELECT rate_limit_effective(p_queue, p_limiter_max, p_now), key_limit_next_delay(p_queue, p_now);',
)}
`;
