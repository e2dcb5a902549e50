import type { JobProducer, JobReference } from '@libs/queue';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Notes } from '../../proof/producer-notes';
import type { chaosJob } from '../chaos.job';
import type { JobPlan } from './job-plan';

export interface Attempt {
  database: DataSource;
  producer: JobProducer<typeof chaosJob>;
  notes: Notes;
  plan: JobPlan;
  index: number;
  /** How often this job was tried before. */
  tried: number;
  /** Whether it must be done itself, and not another with its key in its place. */
  itself?: boolean;
}

/** Thrown inside a transaction that is meant to be rolled back. */
class Unwanted extends Error {
  override readonly name = 'Unwanted';
}

/**
 * Writes rows and adds their jobs in one transaction, and ends it as planned. Notes what it is about
 * to do before it does it, and what became of it.
 *
 * @returns whether it ended as planned; if not, it was rolled back or nobody knows
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
    if (plan.end === 'rollback') throw new Unwanted();
    committing = true;
    await runner.commitTransaction();
    notes.end(index, ids, 'committed');
    notes.end(index, inner, 'rolled back');
    if (plan.again) await addAgain(work, runner, ids).catch(() => undefined);
    return true;
  } catch (error) {
    // A commit whose answer did not arrive may have happened.
    notes.end(index, ids, committing ? 'unknown' : 'rolled back');
    notes.end(index, inner, 'rolled back');
    await runner.rollbackTransaction().catch(() => undefined);
    return error instanceof Unwanted || committing;
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
    // The outbox cannot tell yet.
    if (!deduplicated) continue;
    await manager.query('update chaos_committed set same_as = $2 where id = $1', [ids[place], id]);
  }
}

/** Has no effect on a job that is there. One that was not added, because another had its key, may be now. */
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
    // That of the store would be another one the second time.
    options: { ...plan.options, ...(plan.again || plan.data.key ? { jobId: id } : {}) },
  }));
  const [only] = jobs;
  if (jobs.length === 1 && only) {
    return [await producer.add(only.data, { ...only.options, manager })];
  }
  return producer.addBulk(jobs, { manager });
}
