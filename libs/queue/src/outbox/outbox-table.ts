/**
 * The outbox: jobs added in transactions of the application's own database, to be published to a queue
 * store elsewhere.
 */
export const OUTBOX_TABLE = 'queue_outbox.job';

/** The transaction that adds rows notifies on this channel when it commits. */
export const OUTBOX_CHANNEL = 'queue_outbox';

/**
 * `json`, not `jsonb`, so that jobs are published exactly as written. `job_id` makes a second publication
 * harmless, so every row has one. `children` are the jobs that are added with it, by name; null if there are none.
 */
export const CREATE_OUTBOX = `
  CREATE SCHEMA IF NOT EXISTS queue_outbox;
  CREATE TABLE IF NOT EXISTS ${OUTBOX_TABLE} (
    id bigserial PRIMARY KEY,
    queue text NOT NULL,
    job_id text NOT NULL,
    name text NOT NULL,
    data json NOT NULL,
    options json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    error text
  );
  ALTER TABLE ${OUTBOX_TABLE} ADD COLUMN IF NOT EXISTS children json;
  CREATE INDEX IF NOT EXISTS job_queue_job_id_idx ON ${OUTBOX_TABLE} (queue, job_id);
  CREATE INDEX IF NOT EXISTS job_retry_at_idx ON ${OUTBOX_TABLE} (retry_at) WHERE retry_at IS NOT NULL;
  COMMENT ON TABLE ${OUTBOX_TABLE} IS 'Jobs that wait to be published to the queue store. '
    'A row whose publication was refused holds the reason in "error", and is tried again at "retry_at".'`;
