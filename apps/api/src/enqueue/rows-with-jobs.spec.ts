import { notificationJob } from '@libs/jobs/notification';
import {
  getJobProducerToken,
  type JobProducer,
  migrateQueueStore,
  TransactionRequiredError,
} from '@libs/queue';
import { createTestDatabase, type TestDatabase, until } from '@libs/testing';
import { DataSource, type EntityManager } from 'typeorm';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';
import type { AcceptedJob } from './accepted-job';

const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hello Ada' };

describe('a row and its job', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createApiDatabase();
  });

  afterEach(async () => {
    await database.drop();
  });

  it('appear at the same moment', async () => {
    const api = await ApiUnderTest.start(database.url);
    const other = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const before = await api.stored();
    const lock = other.createQueryRunner();
    await lock.startTransaction();
    await lock.query('LOCK TABLE bullmq.job IN EXCLUSIVE MODE');

    const posted = api.http.post('/notifications').send(mail).expect(202).then();
    await until(async () => {
      const waiting: unknown[] = await other.query(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return waiting.length === 1;
    });
    // The row was inserted, but is invisible without its job.
    expect(await api.stored()).toEqual(before);
    await lock.commitTransaction();
    await lock.release();
    await posted;
    const one = { notifications: before.notifications + 1, jobs: before.jobs + 1 };
    expect(await api.stored()).toEqual({ ...before, ...one });
    await other.destroy();
    await api.close();
  });

  it('are one commit too when QUEUE_URL names another database, also while it is away', async () => {
    const queues = await createTestDatabase();
    await migrateQueueStore(queues.url);
    const api = await ApiUnderTest.start(database.url, { QUEUE_URL: queues.url });
    const before = await api.stored();
    const posted = await api.http.post('/notifications').send(mail).expect(202);
    // An immediate request finds the job, wherever it is by then.
    await api.http.get((posted.body as AcceptedJob).job).expect(200);
    await until(async () => (await api.stored()).jobs === before.jobs + 1);

    const away = await new DataSource({ type: 'postgres', url: queues.url }).initialize();
    await away.query('ALTER FUNCTION bullmq.add_job RENAME TO add_job_away');
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await api.http.post('/notifications').send(mail).expect(202);
    expect(await api.stored()).toMatchObject({
      notifications: before.notifications + 2,
      jobs: before.jobs + 1,
    });
    await away.query('ALTER FUNCTION bullmq.add_job_away RENAME TO add_job');
    await away.destroy();
    await until(async () => (await api.stored()).jobs === before.jobs + 2);
    await api.close();
    await queues.drop();
  });

  it('follow the transactions of TypeORM, nested ones too', async () => {
    const api = await ApiUnderTest.start(database.url);
    const producer = api.app.get<JobProducer<typeof notificationJob>>(
      getJobProducerToken(notificationJob),
      { strict: false },
    );
    const add = (jobId: string, manager: EntityManager) => producer.add(mail, { jobId, manager });
    const refused = new Error('refused');

    await api.database.transaction(async (outer) => {
      await add('outer', outer);
      await outer.transaction(async (inner) => {
        await add('kept', inner);
      });
      const undone = outer.transaction(async (inner) => {
        await add('undone', inner);
        throw refused;
      });
      await expect(undone).rejects.toBe(refused);
    });
    const rolledBack = api.database.transaction(async (manager) => {
      await add('rolled back', manager);
      throw refused;
    });
    await expect(rolledBack).rejects.toBe(refused);

    const jobs = await api.database.query<{ id: string }[]>(
      'SELECT id FROM bullmq.job ORDER BY id',
    );
    expect(jobs.map(({ id }) => id)).toEqual(['kept', 'outer']);
    await expect(add('none', api.database.manager)).rejects.toThrow(TransactionRequiredError);
    await api.close();
  });
});
