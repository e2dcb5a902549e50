import { setTimeout as sleep } from 'node:timers/promises';
import type { JobCancellation } from '@libs/queue';
import type { DataSource } from 'typeorm';

/** How often a cancel is tried: the store may be away. */
const TRIES = 10;

/**
 * Cancels a job that was committed. The ledger has the question before, and the answer after it: a producer that is
 * killed in between leaves no answer. Neither does one that got an error, and then finds no job: the one that failed may
 * have deleted it in the outbox.
 */
export async function cancelPlanned(
  database: DataSource,
  cancellation: JobCancellation,
  { queue, id }: { queue: string; id: string },
): Promise<void> {
  await database.query('insert into chaos_cancel (id) values ($1)', [id]);
  let hasFailed = false;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const outcome = await cancellation.cancel(queue, id).catch(() => undefined);
    if (outcome === 'not-found' && hasFailed) return;
    hasFailed ||= outcome === undefined;
    if (outcome !== undefined && outcome !== 'cancelling') {
      await database.query(
        'update chaos_cancel set answer = $2, answered = to_timestamp($3::float8 / 1000) where id = $1',
        [id, outcome, Date.now()],
      );
      return;
    }
    await sleep(300);
  }
}
