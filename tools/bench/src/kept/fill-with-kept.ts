import type { Client } from 'pg';
import { fillQueue, openQueue } from '../measure/queues';
import { DATA, QUEUE } from './kept-job';

/** Jobs of one statement. */
const CHUNK = 20_000;

const TAKE = `
  UPDATE bullmq.job SET state = 'active', lock_token = 'a', locked_until_ms = $2, processed_at_ms = $2,
         processed_by = 'worker', attempts_started = 1
   WHERE queue = $1 AND state = 'waiting'`;

const END = `
  UPDATE bullmq.job SET state = 'completed', lock_token = NULL, locked_until_ms = NULL, attempts_made = 1,
         finished_at_ms = $2, return_value = '{"messageId": "ada@example.org"}'
   WHERE queue = $1 AND state = 'active'`;

/**
 * Adds jobs and completes them, in statements for many. Each row has the two updates that a worker makes. Then the table
 * is vacuumed, as it is by Postgres in the course of so many jobs.
 */
export async function fillWithKept(admin: Client, url: string, count: number): Promise<void> {
  const queue = openQueue(QUEUE, url);
  const start = Date.now() - count;
  try {
    for (let kept = 0; kept < count; kept += CHUNK) {
      await fillQueue(queue, Math.min(CHUNK, count - kept), DATA);
      await admin.query(TAKE, [QUEUE, start + kept]);
      await admin.query(END, [QUEUE, start + kept]);
    }
  } finally {
    await queue.close();
  }
  await admin.query('VACUUM ANALYZE bullmq.job');
  await admin.query('CHECKPOINT');
}
