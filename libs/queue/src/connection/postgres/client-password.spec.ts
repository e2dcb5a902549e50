import pg from 'pg';
import { Test } from '@nestjs/testing';
import * as z from 'zod';
import { createTestDatabase, type TestDatabase, until } from '@libs/testing';
import { JobHost, JobProcessor } from '../../consumer';
import { defineJob } from '../../contract/define-job';
import { QueueModule } from '../../module/queue.module';
import { QueueWorkerModule } from '../../module/queue-worker.module';
import { migrateOutbox } from '../../outbox/migrate-outbox';
import { getJobProducerToken } from '../../producer/inject-job.decorator';
import type { JobProducer } from '../../producer/job-producer';
import { JobsReader } from '../../reader/jobs-reader';
import { migrateQueueStore } from '../../store/migrate-queue-store';
import { openQueueStore } from '../../store/open-queue-store';
import { QueueAccessError } from '../queue-access.error';
import { TwoPasswordsError } from '../two-passwords.error';

const mailJob = defineJob({ name: 'mail', data: z.object({}) });

@JobProcessor(mailJob)
class MailProcessor extends JobHost<typeof mailJob> {
  handle() {
    return;
  }
}

describe('the password of a role in Postgres that is changed while a process runs', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  let url: string;
  const role = `rotating_${process.pid}`;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'first'`);
    await admin.query(`GRANT ALL ON DATABASE "${database.name}" TO ${role}`);
    await admin.query(`GRANT ALL ON SCHEMA public TO ${role}`);
    const own = new URL(database.url);
    own.username = role;
    own.password = '';
    url = own.href;
  });

  afterAll(async () => {
    await admin.query(`DROP OWNED BY ${role}`);
    await admin.query(`DROP ROLE ${role}`);
    await admin.end();
    await database.drop();
  });

  /** As when the old password is taken away: nothing goes on with it. */
  async function change(password: string): Promise<void> {
    await admin.query(`ALTER ROLE ${role} PASSWORD '${password}'`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [
      role,
    ]);
  }

  it('is used by the migrations, and by each next connection of the pool and for notifications', async () => {
    let password = 'first';
    const source = { password: () => Promise.resolve(password) };
    await migrateQueueStore(url, source);
    await migrateOutbox(url, source);
    const app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url, ...source, applicationName: 'rotating' }),
        QueueModule.forFeature(mailJob),
        QueueWorkerModule.forProcessors([MailProcessor]),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    const producer = app.get<JobProducer<typeof mailJob>>(getJobProducerToken(mailJob), {
      strict: false,
    });
    const runJob = async () => {
      const { queue, id } = await until(() => producer.add({}));
      await until(async () => (await app.get(JobsReader).get(queue, id))?.state === 'completed');
    };
    await runJob();
    password = 'second';
    await change(password);
    await runJob();
    // One of the pool, and the one for notifications.
    await until(async () => {
      const { rows } = await admin.query('SELECT 1 FROM pg_stat_activity WHERE usename = $1', [
        role,
      ]);
      return rows.length > 1;
    });
    await app.close();
    await change('first');
  });

  it('must not be in the URL too, and a wrong one is refused if the server asks for it', async () => {
    const both = url.replace('@', ':secret@');
    await expect(openQueueStore({ url: both, password: () => 'first' })).rejects.toThrow(
      TwoPasswordsError,
    );
    await expect(migrateQueueStore(both, { password: () => 'first' })).rejects.toThrow(
      TwoPasswordsError,
    );
    await migrateQueueStore(url, { password: () => 'first' });
    const store = await openQueueStore({ url, password: () => 'wrong' });
    await expect(store.check()).rejects.toThrow(QueueAccessError);
    await store.close();
  });

  it('that cannot be had is told with the reason, and asked for again', async () => {
    let source = (): string | Promise<string> => Promise.reject(new Error('no token'));
    const store = await openQueueStore({ url, password: () => source() });
    await expect(store.check()).rejects.toMatchObject({
      code: 'QUEUE_UNREACHABLE',
      message: expect.stringContaining(
        'the function that returns its password has failed: no token',
      ) as string,
    });
    source = () => 'first';
    await until(() => store.check().then(() => true));
    await store.close();
  });
});
