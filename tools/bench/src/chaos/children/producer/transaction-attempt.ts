import type { JobProducer } from '@libs/queue';
import type { DataSource, EntityManager } from 'typeorm';
import type { chaosJob } from '../chaos.job';
import type { JobPlan } from './job-plan';
import type { Notes } from './notes';

export interface Attempt {
  database: DataSource;
  producer: JobProducer<typeof chaosJob>;
  notes: Notes;
  plan: JobPlan;
  index: number;
  /** How often this job was tried before. */
  tried: number;
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
  { producer, plan }: Attempt,
  manager: EntityManager,
  ids: readonly string[],
): Promise<void> {
  await manager.query('insert into chaos_committed (id) select unnest($1::text[])', [ids]);
  const jobs = ids.map((id) => ({ data: { id, ...plan.data }, options: plan.options }));
  const [only] = jobs;
  if (jobs.length === 1 && only) await producer.add(only.data, { ...only.options, manager });
  else await producer.addBulk(jobs, { manager });
}
