import { loadConfig } from '@libs/config';
import { type QueueHarness, startProcessor } from '@libs/queue/testing';
import type { notificationJob } from '@libs/jobs/notification';
import {
  createTestDatabase,
  startSmtpServer,
  type TestDatabase,
  type TestSmtpServer,
} from '@libs/testing';
import { workerConfig } from '../../config';
import { SettingsModule } from '../../settings.module';
import { MailNotConfiguredError } from './mail-not-configured.error';
import { Mailer } from './mailer';
import { NotificationProcessor } from './notification.processor';

const mail = {
  to: 'ada@example.com',
  subject: 'Zażółć',
  text: 'Hello Ada.\n.\nA dot stands alone.',
};

/** Two attempts, without the pause that a real mail server is given. */
const twice = { attempts: 2, backoff: 0 };

describe('the notification processor', () => {
  let database: TestDatabase;
  let smtp: TestSmtpServer;
  let worker: QueueHarness<typeof notificationJob>;

  const start = (url: string, env: Record<string, string>) =>
    startProcessor(NotificationProcessor, {
      url,
      imports: [SettingsModule.for(loadConfig(workerConfig, { DATABASE_URL: url, ...env }))],
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    smtp = await startSmtpServer();
    worker = await start(database.url, {
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Shop <shop@example.org>',
    });
  });

  afterAll(async () => {
    await worker.close();
    await smtp.close();
    await database.drop();
  });

  it('sends the mail as it was asked for, from the configured sender', async () => {
    const job = await worker.run(mail);
    const [received] = smtp.messages.slice(-1);
    expect(received).toMatchObject({
      from: 'shop@example.org',
      to: [mail.to],
      subject: mail.subject,
    });
    expect(received?.text.trimEnd()).toBe(mail.text);
    expect(received?.mail.from?.text).toBe('"Shop" <shop@example.org>');
    expect(job).toMatchObject({
      state: 'completed',
      result: { messageId: received?.messageId, response: expect.stringMatching(/^250/) as string },
    });
  });

  it('tries again after a temporary refusal, with the same Message-ID', async () => {
    smtp.refuseNext(1, 451);
    const before = smtp.attempts;
    const job = await worker.run(mail, { jobId: 'order-7', ...twice });
    expect(smtp.attempts - before).toBe(2);
    expect(job).toMatchObject({
      state: 'completed',
      attempts: { made: 2 },
      result: { messageId: '<notification.order-7@example.org>' },
    });
  });

  it('gives up at once when the mail server refuses for good, and says what it answered', async () => {
    smtp.refuseNext(1, 550);
    const before = smtp.messages.length;
    const job = await worker.run(mail, twice);
    expect(job).toMatchObject({ state: 'failed', attempts: { made: 1 } });
    expect(job.failure).toMatch(/^The mail server rejected the mail permanently: 550 /);
    expect(smtp.messages).toHaveLength(before);
  });

  it('tries again when there is no mail server', async () => {
    const elsewhere = await createTestDatabase();
    const lonely = await start(elsewhere.url, { SMTP_URL: 'smtp://127.0.0.1:1' });
    const job = await lonely.run(mail, twice);
    expect(job).toMatchObject({ state: 'failed', attempts: { made: 2 } });
    expect(job.failure).toContain('ECONNREFUSED');
    await lonely.close();
    await elsewhere.drop();
  });

  it('cannot be made without a mail server, and says how to name one or leave it out', () => {
    const config = loadConfig(workerConfig, { DATABASE_URL: database.url });
    expect(() => new Mailer(config)).toThrow(MailNotConfiguredError);
    expect(() => new Mailer(config)).toThrow(/SMTP_URL is not set.*WORKER_PROCESSORS/s);
  });
});
