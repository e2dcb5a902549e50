import type { JobCancellation } from '@libs/queue';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { ProducerNotes } from '../../proof/producer-notes';
import { cancelPlanned } from './cancel-planned';
import type { JobPlan } from './job-plan';
import { addPlanned, cancelledBy, type Producers, rowsOf } from './planned-jobs';

export interface Attempt {
  database: DataSource;
  producers: Producers;
  cancellation: JobCancellation;
  notes: ProducerNotes;
  plan: JobPlan;
  index: number;
  /** How many attempts this transaction had before. */
  tried: number;
  /** Whether the job itself must be done, even if another job has its key. */
  itself?: boolean;
}

/** Thrown to roll a transaction back, as planned. */
class PlannedRollback extends Error {
  override readonly name = 'PlannedRollback';
}

/**
 * Writes rows and adds their jobs in one transaction, and ends it as planned. Notes the ids before it
 * begins, and the outcome at the end.
 *
 * @returns false if the transaction must be tried again
 */
export async function attempt(work: Attempt): Promise<boolean> {
  const { database, notes, plan, index, tried } = work;
  const jobs = Array.from({ length: plan.size }, (_, place) => `${index}.${tried}.${place}`);
  const innerJobs = plan.end === 'inner' ? [`${index}.${tried}.inner`] : [];
  const ids = rowsOf(plan, jobs).map(({ id }) => id);
  const inner = rowsOf(plan, innerJobs).map(({ id }) => id);
  notes.begin(index, [...ids, ...inner]);
  const runner = database.createQueryRunner();
  let committing = false;
  try {
    await runner.startTransaction();
    await addAll(work, runner.manager, jobs);
    if (innerJobs.length > 0) {
      await runner.startTransaction();
      await addAll(work, runner.manager, innerJobs);
      await runner.rollbackTransaction();
    }
    if (plan.end === 'rollback') throw new PlannedRollback();
    committing = true;
    await runner.commitTransaction();
    notes.end(index, ids, 'committed');
    notes.end(index, inner, 'rolled back');
    if (plan.again) await addAgain(work, runner, jobs).catch(() => undefined);
    await cancelIfPlanned(work, jobs).catch(() => undefined);
    return true;
  } catch (error) {
    // A commit without an answer may have succeeded.
    notes.end(index, ids, committing ? 'unknown' : 'rolled back');
    notes.end(index, inner, 'rolled back');
    await runner.rollbackTransaction().catch(() => undefined);
    return error instanceof PlannedRollback || committing;
  } finally {
    await runner.release().catch(() => undefined);
  }
}

async function addAll(
  work: Attempt,
  manager: EntityManager,
  ids: readonly string[],
): Promise<void> {
  const { plan, itself = false } = work;
  const key = itself ? undefined : plan.data.key;
  const rows = rowsOf(plan, ids);
  await manager.query(
    `insert into chaos_committed (id, key, parent, is_needed)
      select id, $1, parent, "isNeeded"
        from jsonb_to_recordset($2::jsonb) as row (id text, parent text, "isNeeded" boolean)`,
    [key, JSON.stringify(rows)],
  );
  const added = await addPlanned(work.producers, plan, ids, { manager });
  for (const [place, { id, deduplicated }] of added.entries()) {
    // With the outbox, this is not known yet.
    if (!deduplicated) continue;
    await manager.query('update chaos_committed set same_as = $2 where id = $1', [ids[place], id]);
  }
}

/** Has no effect on an existing job. A job that was deduplicated may be added now. */
async function addAgain(work: Attempt, runner: QueryRunner, ids: readonly string[]): Promise<void> {
  await runner.startTransaction();
  try {
    await addPlanned(work.producers, work.plan, ids, { manager: runner.manager });
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

async function cancelIfPlanned(
  { database, cancellation, plan }: Attempt,
  [id = '']: readonly string[],
): Promise<void> {
  const job = cancelledBy(plan, id);
  if (job !== undefined) await cancelPlanned(database, cancellation, job);
}
