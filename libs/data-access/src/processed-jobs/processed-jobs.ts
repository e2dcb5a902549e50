import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import { ExpirySweep } from '../expiry/expiry-sweep';
import { ProcessedJob } from './processed-job.entity';

/** How long a job is remembered, in milliseconds: 30 days. A later run repeats the effect. */
export const PROCESSED_JOB_AGE = 30 * 24 * 60 * 60 * 1_000;

/** Identifies a job; BullMQ's job has these fields. */
export interface ProcessedJobIdentity {
  readonly queueName: string;
  readonly id?: string;
  /** When it was added, in milliseconds since 1970. */
  readonly timestamp: number;
}

/** Records which jobs have had their effect on this database. */
@Injectable()
export class ProcessedJobs implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly expiry: ExpirySweep<ProcessedJob>;

  constructor(@InjectRepository(ProcessedJob) private readonly jobs: Repository<ProcessedJob>) {
    this.expiry = new ExpirySweep(jobs, PROCESSED_JOB_AGE);
  }

  onApplicationBootstrap(): void {
    this.expiry.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.expiry.stop();
  }

  /**
   * Makes the effect of a job happen once, however often the job runs: the effect and its record are
   * committed together. A later run skips the effect and gets the result of the first; a concurrent run
   * waits for it.
   *
   *     const result = await this.processed.once(job, async (manager) => {
   *       await manager.increment(Account, { id }, 'balance', amount);
   *       return { amount };
   *     });
   *
   * This covers only what is done with `manager`. A rollback does not undo a mail or a request sent in the
   * effect; it may be repeated.
   *
   * @param job the processor's job; its attempts and redrives count as the same job
   * @param effect its result is stored as JSON; if it throws, nothing is stored, and the next run retries
   * it
   */
  once<Result>(
    { queueName, id = '', timestamp }: ProcessedJobIdentity,
    effect: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    const key = [queueName, id, new Date(timestamp)];
    // A concurrent run reads what the first one has committed while it waited.
    return this.jobs.manager.transaction('READ COMMITTED', async (manager) => {
      const marked = await manager.query<unknown[]>(
        `INSERT INTO processed_jobs (queue, job_id, added_at) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING RETURNING 1`,
        key,
      );
      if (marked.length === 0) return recall<Result>(manager, key);
      const result = await effect(manager);
      await manager.query(
        `UPDATE processed_jobs SET result = $4::jsonb
         WHERE queue = $1 AND job_id = $2 AND added_at = $3`,
        [...key, (JSON.stringify(result) as string | undefined) ?? null],
      );
      return result;
    });
  }
}

async function recall<Result>(manager: EntityManager, key: readonly unknown[]): Promise<Result> {
  const [known] = await manager.query<{ result: unknown; isNothing: boolean }[]>(
    'SELECT result, result IS NULL AS "isNothing" FROM processed_jobs WHERE queue = $1 AND job_id = $2 AND added_at = $3',
    [...key],
  );
  // Distinguishes an effect that returned nothing (undefined) from one that returned null.
  return (known?.isNothing === false ? known.result : undefined) as Result;
}
