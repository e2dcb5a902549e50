import { DEFAULT_SCHEMA } from 'bullmq';

/**
 * What BullMQ's statements rely on: they name no schema, and expect to see what others have committed. Whatever the
 * database or the role sets (`ALTER DATABASE … SET default_transaction_isolation`), it does not reach the queues.
 *
 * Set in the open session: PgBouncer refuses these settings among the parameters of a new one.
 */
export const SESSION_SETTINGS = `SET search_path TO ${DEFAULT_SCHEMA}; SET default_transaction_isolation TO 'read committed'`;

/** Begins a transaction of several statements, whatever the database or the role sets. */
export const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';
