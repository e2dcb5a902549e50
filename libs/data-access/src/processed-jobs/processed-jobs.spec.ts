import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { type TestDatabase, until } from '@libs/testing';
import { DataSource, type EntityManager } from 'typeorm';
import { DATABASE_SETTINGS, type DatabaseSettings } from '../settings';
import { PROCESSED_JOB_AGE, ProcessedJobs } from './processed-jobs';
import { ProcessedJobsModule } from './processed-jobs.module';
import { createMigratedDatabase } from '../testing';

let database: TestDatabase;
let app: TestingModule;
let source: DataSource;
let processed: ProcessedJobs;

async function start(): Promise<void> {
  const settings: DatabaseSettings = {
    url: database.url,
    applicationName: 'processed-jobs-spec',
    poolMax: 4,
    connectDeadline: 0,
  };

  @Global()
  @Module({
    providers: [{ provide: DATABASE_SETTINGS, useValue: settings }],
    exports: [DATABASE_SETTINGS],
  })
  class SettingsModule {}

  app = await Test.createTestingModule({
    imports: [SettingsModule, ProcessedJobsModule],
  }).compile();
  await app.init();
  source = app.get(DataSource);
  processed = app.get(ProcessedJobs);
}

beforeEach(async () => {
  database = await createMigratedDatabase();
  await start();
  await source.query('CREATE TABLE account (balance integer); INSERT INTO account VALUES (0)');
});

afterEach(async () => {
  await app.close();
  await database.drop();
});

const job = { queueName: 'payment', id: '1', timestamp: 1_764_000_000_000 };

async function pay(manager: EntityManager): Promise<{ balance: number }> {
  await manager.query('UPDATE account SET balance = balance + 5');
  return { balance: await balance(manager) };
}

async function balance(manager: EntityManager = source.manager): Promise<number> {
  const [row] = await manager.query<{ balance: number }[]>('SELECT balance FROM account');
  return row?.balance ?? 0;
}

it.each([null, undefined, 0, '', { list: [] }])(
  'a job that is run again gets the result of the first run, whatever it is: %j',
  async (result) => {
    const run = () => processed.once(job, () => Promise.resolve(result));
    expect([await run(), await run()]).toEqual([result, result]);
  },
);

describe('the effect of a job', () => {
  it('happens once, and a second run gets the result of the first', async () => {
    expect(await processed.once(job, pay)).toEqual({ balance: 5 });
    expect(await processed.once(job, pay)).toEqual({ balance: 5 });
    expect(await balance()).toBe(5);
  });

  it('happens once when runs of the job overlap', async () => {
    const results = await Promise.all([1, 2, 3].map(() => processed.once(job, pay)));
    expect(results).toEqual([{ balance: 5 }, { balance: 5 }, { balance: 5 }]);
    expect(await balance()).toBe(5);
  });

  it('happens once when runs overlap in a database whose transactions are serializable', async () => {
    await source.query(
      `ALTER DATABASE "${database.name}" SET default_transaction_isolation TO serializable`,
    );
    await app.close();
    await start();
    const results = await Promise.all([1, 2, 3].map(() => processed.once(job, pay)));
    expect(results).toEqual([{ balance: 5 }, { balance: 5 }, { balance: 5 }]);
  });

  it('is taken back whole if it fails, and tried again by the next run', async () => {
    const failing = processed.once(job, async (manager) => {
      await pay(manager);
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(await balance()).toBe(0);
    expect(await processed.once(job, pay)).toEqual({ balance: 5 });
  });

  it('happens when a connection was killed before the commit', async () => {
    const killed = processed.once(job, async (manager) => {
      await pay(manager);
      await manager.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    await expect(killed).rejects.toThrow();
    expect(await processed.once(job, pay)).toEqual({ balance: 5 });
  });

  it('is that of one job: another id, queue or time of adding is another job', async () => {
    await processed.once(job, pay);
    await processed.once({ ...job, id: '2' }, pay);
    await processed.once({ ...job, queueName: 'refund' }, pay);
    await processed.once({ ...job, timestamp: job.timestamp + 1 }, pay);
    expect(await balance()).toBe(20);
  });

  it('may return nothing', async () => {
    const nothing = () => Promise.resolve();
    const results: unknown[] = [
      await processed.once<unknown>(job, nothing),
      await processed.once<unknown>(job, nothing),
    ];
    expect(results).toEqual([undefined, undefined]);
  });

  it('is forgotten when it is old', async () => {
    await processed.once(job, pay);
    await processed.once({ ...job, id: '2' }, pay);
    await source.query(
      `UPDATE processed_jobs SET created_at = now() - $1 * interval '1 millisecond' WHERE job_id = '1'`,
      [PROCESSED_JOB_AGE + 1_000],
    );
    await app.close();
    await start();
    await until(async () => {
      const left = await source.query<{ job_id: string }[]>('SELECT job_id FROM processed_jobs');
      return left.map(({ job_id }) => job_id).join() === '2';
    });
  });
});
