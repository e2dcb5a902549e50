/**
 * The outbox: jobs that were added inside transactions of the application's own database, and are still
 * to be published to a queue store that is somewhere else.
 */
export const OUTBOX_TABLE = 'queue_outbox.job';

/** Who has added rows notifies on it, with its commit. */
export const OUTBOX_CHANNEL = 'queue_outbox';

/**
 * `json` and not `jsonb`: what was added is published as it was written. `job_id` is what makes a
 * second publication harmless, so every row has one.
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
  CREATE INDEX IF NOT EXISTS job_queue_job_id_idx ON ${OUTBOX_TABLE} (queue, job_id);
  CREATE INDEX IF NOT EXISTS job_retry_at_idx ON ${OUTBOX_TABLE} (retry_at) WHERE retry_at IS NOT NULL;
  COMMENT ON TABLE ${OUTBOX_TABLE} IS 'Jobs that wait to be published to the queue store. '
    'A row whose publication was refused holds the reason in "error", and is tried again at "retry_at".'`;
