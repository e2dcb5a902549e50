import type { Job } from 'bullmq';
import { JobNotDeadError, RedriveRefusedError } from './dead-jobs.errors';

/** The outcome of redriving all dead jobs of a queue. */
export interface RedriveReport {
  /** The number of jobs that wait again. */
  readonly redriven: number;
  /** The jobs that their contract does not accept, and why. They are still dead. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

interface DeadQueue {
  count(): Promise<number>;
  /** Ordered by time of death, earliest first. */
  page(offset: number, limit: number): Promise<Job[]>;
  /** Others are left as they are. */
  isDead(job: Job): boolean;
  redrive(job: Job): Promise<void>;
}

/** The number of jobs redriven at the same time. */
const CHUNK = 100;

/**
 * Redrives as many jobs as are dead at the start, each once, so a job that dies again meanwhile does not
 * loop. Refused jobs are skipped by their number, because redriven ones leave the list. Jobs that are
 * redriven or removed concurrently are ignored.
 */
export async function redriveAll(queue: DeadQueue): Promise<RedriveReport> {
  const total = await queue.count();
  const seen = new Set<string>();
  const refused: { id: string; reason: string }[] = [];
  let redriven = 0;
  let offset = 0;
  while (seen.size < total) {
    const page = await queue.page(offset, Math.min(CHUNK, total - seen.size));
    if (page.length === 0) break;
    const fresh = page.filter(({ id = '' }) => !seen.has(id));
    offset += page.length - fresh.length;
    for (const { id = '' } of fresh) seen.add(id);
    const dead = fresh.filter((job) => queue.isDead(job));
    offset += fresh.length - dead.length;
    const outcomes = await Promise.allSettled(dead.map((job) => queue.redrive(job)));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') {
        redriven += 1;
        continue;
      }
      const reason: unknown = outcome.reason;
      if (reason instanceof JobNotDeadError) continue;
      if (!(reason instanceof RedriveRefusedError)) throw reason;
      refused.push({ id: dead[index]?.id ?? '', reason: reason.message });
      offset += 1;
    }
  }
  return { redriven, refused };
}
