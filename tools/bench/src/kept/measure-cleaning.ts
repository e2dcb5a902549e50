import { setTimeout as sleep } from 'node:timers/promises';
import { ExperimentError } from '@tools/experiment';
import type { Client } from 'pg';
import { QUEUE } from './kept-job';
import { runWorker } from './run-worker';

/** A worker cleans for the first time 30 to 90 seconds after its start, and these jobs keep it busy for longer. */
const JOBS = 150_000;

/** In milliseconds, of each job: some 700 a second are run, so the database has time left. */
const TIME = 20;

/** How many completed jobs are left; what a contract keeps that says nothing else. */
const MAX_COUNT = 10_000;

/** In milliseconds, between two looks at what was removed. */
const LOOK_AGAIN = 250;

/** In milliseconds: Postgres counts what a session has removed up to a second later. */
const COUNTED_LATE = 1_000;

/** In milliseconds without a removal: the first cleaning is over. The next begins half a minute later, or after that. */
const OVER_AFTER = 3_000;

/** The statements that fetch jobs: how long they took, in milliseconds, ascending. */
export interface Cleaning {
  readonly before: readonly number[];
  readonly meanwhile: readonly number[];
  readonly removed: number;
  /** In milliseconds. */
  readonly lasted: number;
}

/** Runs jobs in the queue that keeps many, by a worker whose contract keeps few. */
export async function measureCleaning(admin: Client, file: string, url: string): Promise<Cleaning> {
  const removals = new Removals(admin);
  const settings = { url, queue: QUEUE, jobs: JOBS, time: TIME, maxCount: MAX_COUNT };
  const report = await removals.during(() => runWorker(file, settings));
  const { first, last, removed } = removals;
  if (removed === 0) throw new ExperimentError('The worker has removed nothing.');
  const from = first - COUNTED_LATE;
  const between = (start: number, end: number) =>
    report.took
      .filter((_, index) => isBetween(report.answeredAt[index] ?? 0, start, end))
      .sort((a, b) => a - b);
  return {
    before: between(0, from),
    meanwhile: between(first, last - COUNTED_LATE),
    removed,
    lasted: last - from,
  };
}

function isBetween(moment: number, start: number, end: number): boolean {
  return moment >= start && moment <= end;
}

/** Watches how many rows of jobs the first cleaning deletes. */
class Removals {
  /** When the first and the last were seen, in milliseconds since 1970. */
  first = 0;
  last = 0;
  removed = 0;
  private isOver = false;

  constructor(private readonly admin: Client) {}

  async during<Answer>(run: () => Promise<Answer>): Promise<Answer> {
    const watching = this.watch();
    try {
      return await run();
    } finally {
      this.isOver = true;
      await watching;
    }
  }

  private async watch(): Promise<void> {
    const start = await this.count();
    while (!this.isOver && (this.last === 0 || Date.now() - this.last < OVER_AFTER)) {
      await sleep(LOOK_AGAIN);
      const removed = (await this.count()) - start;
      if (removed === this.removed) continue;
      this.removed = removed;
      this.last = Date.now();
      this.first ||= this.last;
    }
  }

  private async count(): Promise<number> {
    const { rows } = await this.admin.query<{ deleted: string }>(
      `SELECT n_tup_del AS deleted FROM pg_stat_user_tables WHERE relid = 'bullmq.job'::regclass`,
    );
    return Number(rows[0]?.deleted);
  }
}
