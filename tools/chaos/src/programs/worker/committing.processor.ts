import { setTimeout as sleep } from 'node:timers/promises';
import { Inject } from '@nestjs/common';
import {
  JobProcessor,
  NonRetryableError,
  type TransactionalJobContext,
  TransactionalJobHost,
} from '@libs/queue/consumer';
import { DataSource } from 'typeorm';
import { chaosJob, PLANNED_DEATH } from '../chaos.job';
import { readSettings } from '../child-settings';
import { connected } from '../database';
import { WorkLedger } from './work-ledger';

const settings = readSettings();
const { lockDuration } = settings;
const CONCURRENCY = 10;

/** The effect of a job and its end are one commit, and no row says that it was applied. */
@JobProcessor(chaosJob, {
  concurrency: CONCURRENCY,
  lockDuration,
  stalledInterval: lockDuration / 2,
  providers: [
    WorkLedger,
    { provide: DataSource, useFactory: () => connected(settings, CONCURRENCY) },
  ],
})
export class CommittingProcessor extends TransactionalJobHost<typeof chaosJob> {
  constructor(
    @Inject(WorkLedger) private readonly ledger: WorkLedger,
    @Inject(DataSource) private readonly database: DataSource,
  ) {
    super();
  }

  async handleAndComplete({
    data,
    attempt,
    signal,
    complete,
  }: TransactionalJobContext<typeof chaosJob>) {
    await this.ledger.countRun(data.id);
    await sleep(data.work, undefined, { signal });
    if (data.failFirst && attempt === 1) throw new Error('The first attempt fails, as planned.');
    if (data.dies && (await this.ledger.diesNow(data.id)))
      throw new NonRetryableError(PLANNED_DEATH);
    return this.database.transaction(async (manager) => {
      await manager.query('insert into chaos_effect (id) values ($1)', [data.id]);
      return complete(manager, { applied: true });
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.destroy();
  }
}
