import type { Statements } from './postgres-cancel-marks';
import { type NotedWorker, NOTE_KEPT, type WorkerNotes } from './worker-notes';

/** What the fields of the notes begin with, among a queue's metadata, which BullMQ leaves alone. */
const FIELD = 'worker:';

/** A value is the time of the note by the server's clock, a blank, and the note. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const AGE = `${NOW} - split_part(value, ' ', 1)::bigint`;

/** Removes the old notes of others on the way. What another worker removes at the same time is left to it. */
const KEEP = `
WITH forgotten AS (
  SELECT queue, field FROM meta
   WHERE queue IN (SELECT jsonb_object_keys($2::jsonb)) AND starts_with(field, '${FIELD}') AND field <> $1
     AND ${AGE} > ${NOTE_KEPT}
     FOR UPDATE SKIP LOCKED
), removed AS (
  DELETE FROM meta USING forgotten WHERE meta.queue = forgotten.queue AND meta.field = forgotten.field
)
INSERT INTO meta (queue, field, value)
SELECT key, $1, ${NOW} || ' ' || value FROM jsonb_each_text($2::jsonb) ORDER BY key
ON CONFLICT (queue, field) DO UPDATE SET value = EXCLUDED.value`;

const REMOVE = 'DELETE FROM meta WHERE queue = ANY($1) AND field = $2';

const READ = `
SELECT queue, field, substr(value, strpos(value, ' ') + 1) AS note, (${AGE})::integer AS age FROM meta
 WHERE queue = ANY($1) AND starts_with(field, '${FIELD}') AND ${AGE} <= ${NOTE_KEPT}`;

/** In BullMQ's table of the settings of queues. */
export class PostgresWorkerNotes implements WorkerNotes {
  constructor(private readonly statements: Statements) {}

  async keep(name: string, notes: ReadonlyMap<string, string>): Promise<void> {
    const byQueue = JSON.stringify(Object.fromEntries(notes));
    await this.statements.query(KEEP, [FIELD + name, byQueue]);
  }

  async remove(name: string, queues: readonly string[]): Promise<void> {
    await this.statements.query(REMOVE, [queues, FIELD + name]);
  }

  async read(queues: readonly string[]): Promise<NotedWorker[]> {
    const rows = await this.statements.query<NotedWorker & { field: string }>(READ, [queues]);
    return rows.map(({ queue, field, note, age }) => ({
      queue,
      name: field.slice(FIELD.length),
      note,
      age: Math.max(0, age),
    }));
  }
}
