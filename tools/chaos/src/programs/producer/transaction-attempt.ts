import type { JobProducer, JobReference } from '@libs/queue';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { ProducerNotes } from '../../proof/producer-notes';
import type { chaosJob } from '../chaos.job';
import type { JobPlan } from './job-plan';

export interface Attempt {
  database: DataSource;
  producer: JobProducer<typeof chaosJob>;
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
  const ids = Array.from({ length: plan.size }, (_, place) => `${index}.${tried}.${place}`);
  const inner = plan.end === 'inner' ? [`${index}.${tried}.inner`] : [];
  notes.begin(index, [...ids, ...inner]);
  const runner = database.createQueryRunner();
  let committing = false;
  try {
    await runner.startTransaction();
    await addAll(work, runner.manager, ids);
    if (inner.length > 0) {
      await runner.startTransaction();
      await addAll(work, runner.manager, inner);
      await runner.rollbackTransaction();
    }
    if (plan.end === 'rollback') throw new PlannedRollback();
    committing = true;
    await runner.commitTransaction();
    notes.end(index, ids, 'committed');
    notes.end(index, inner, 'rolled back');
    if (plan.again) await addAgain(work, runner, ids).catch(() => undefined);
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
  await manager.query('insert into chaos_committed (id, key) select unnest($1::text[]), $2', [
    ids,
    key,
  ]);
  const added = await addJobs(work, manager, ids);
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
    await addJobs(work, runner.manager, ids);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

async function addJobs(
  { producer, plan }: Attempt,
  manager: EntityManager,
  ids: readonly string[],
): Promise<JobReference[]> {
  const jobs = ids.map((id) => ({
    data: { id, ...plan.data },
    // By default, the store would choose a new id the second time.
    options: { ...plan.options, ...(plan.again || plan.data.key ? { jobId: id } : {}) },
  }));
  const [only] = jobs;
  if (jobs.length === 1 && only) {
    return [await producer.add(only.data, { ...only.options, manager })];
  }
  return producer.addBulk(jobs, { manager });
}
