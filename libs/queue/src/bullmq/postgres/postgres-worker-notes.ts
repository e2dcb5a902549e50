import { DEFAULT_SCHEMA } from 'bullmq';
import type { Statements } from './postgres-cancel-marks';
import { type NotedWorker, NOTE_KEPT, type WorkerNotes } from '../worker-notes';

const META = `${DEFAULT_SCHEMA}.meta`;

/** What the fields of the notes begin with, among a queue's metadata, which BullMQ leaves alone. */
const FIELD = 'worker:';

/** A value is the time of the note by the server's clock, a blank, and the note. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const AGE = `${NOW} - split_part(value, ' ', 1)::bigint`;

/**
 * Parts of a WITH that keep notes. Named with their schema, for a session that has no settings of ours. They remove the
 * old notes of others on the way; what another worker removes at the same time is left to it.
 *
 * @param field the parameter with the field of the worker
 * @param notes the parameter with its notes, a JSON object by queue
 */
export const keptNotes = (field: string, notes: string): string => `
forgotten AS (
  SELECT queue, field FROM ${META}
   WHERE queue IN (SELECT jsonb_object_keys(${notes}::jsonb)) AND starts_with(field, '${FIELD}')
     AND field <> ${field} AND ${AGE} > ${NOTE_KEPT}
     FOR UPDATE SKIP LOCKED
), removed AS (
  DELETE FROM ${META} AS old USING forgotten
   WHERE old.queue = forgotten.queue AND old.field = forgotten.field
), kept AS (
  INSERT INTO ${META} (queue, field, value)
  SELECT key, ${field}, ${NOW} || ' ' || value FROM jsonb_each_text(${notes}::jsonb) ORDER BY key
  ON CONFLICT (queue, field) DO UPDATE SET value = EXCLUDED.value
)`;

/** An expression: how many processes have notes of the queue `q.queue`. Some of them may have ended since. */
export const NOTED_WORKERS = `
       (SELECT count(*)::integer FROM ${META} AS noted
         WHERE noted.queue = q.queue AND starts_with(noted.field, '${FIELD}'))`;

const KEEP = `WITH ${keptNotes('$1', '$2')} SELECT`;

const REMOVE = 'DELETE FROM meta WHERE queue = ANY($1) AND field = $2';

const READ = `
SELECT queue, field, substr(value, strpos(value, ' ') + 1) AS note, (${AGE})::integer AS age FROM meta
 WHERE queue = ANY($1) AND starts_with(field, '${FIELD}') AND ${AGE} <= ${NOTE_KEPT}`;

/** The notes of one worker, as they are stored. */
export interface KeptNotes {
  readonly field: string;
  /** A JSON object by queue. */
  readonly notes: string;
}

interface Renewing {
  /** Writes these notes again with each look at the queues. Resolves when no look writes those of before any more. */
  renewNotes(notes: KeptNotes | undefined): Promise<void>;
}

/** In BullMQ's table of the settings of queues. The looks of idle workers renew them, so that these ask nothing else. */
export class PostgresWorkerNotes implements WorkerNotes {
  readonly renewal = undefined;

  constructor(private readonly store: Statements & Renewing) {}

  async keep(name: string, notes: ReadonlyMap<string, string>): Promise<void> {
    const kept = { field: FIELD + name, notes: JSON.stringify(Object.fromEntries(notes)) };
    await this.store.renewNotes(kept);
    await this.store.query(KEEP, [kept.field, kept.notes]);
  }

  async remove(name: string, queues: readonly string[]): Promise<void> {
    await this.store.renewNotes(undefined);
    await this.store.query(REMOVE, [queues, FIELD + name]);
  }

  async read(queues: readonly string[]): Promise<NotedWorker[]> {
    const rows = await this.store.query<NotedWorker & { field: string }>(READ, [queues]);
    return rows.map(({ queue, field, note, age }) => ({
      queue,
      name: field.slice(FIELD.length),
      note,
      age: Math.max(0, age),
    }));
  }
}
