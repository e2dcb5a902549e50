import { notificationJob } from '@libs/jobs/notification';
import { QueueModule } from '@libs/queue/testing';
import { startSmtpServer, type TestSmtpServer } from '@libs/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import { loadWorkerConfig } from '@libs/worker-app/config';
import { worker as definition } from '../../worker';
import { MailNotConfiguredError } from './mail-not-configured.error';
import { MailRefusedError } from './mail-refused.error';
import { Mailer } from './mailer';
import { NotificationProcessor } from './notification.processor';

const mail = {
  to: 'ada@example.com',
  subject: 'Zażółć',
  text: 'Hello Ada.\n.\nA dot stands alone.',
};

/** No processor of this file uses a database. */
const DATABASE_URL = 'postgres://nowhere/db';

describe('the notification processor', () => {
  const jobs = QueueModule.forTesting({ processors: [NotificationProcessor] });
  let smtp: TestSmtpServer;
  let module: TestingModule;

  const mailerFor = (env: Record<string, string>) =>
    new Mailer(loadWorkerConfig(definition, { DATABASE_URL, ...env }));

  const moduleWith = async (mailer: Mailer, queues = jobs) => {
    const builder = Test.createTestingModule({ imports: [queues] });
    const compiled = await builder.overrideProvider(Mailer).useValue(mailer).compile();
    return compiled.init();
  };

  beforeAll(async () => {
    smtp = await startSmtpServer();
    module = await moduleWith(
      mailerFor({ SMTP_URL: smtp.url, MAIL_FROM: 'Shop <shop@example.org>' }),
    );
  });

  beforeEach(() => {
    jobs.clear();
  });

  afterAll(async () => {
    await module.close();
    await smtp.close();
  });

  it('sends the mail as it was asked for, from the configured sender', async () => {
    await jobs.add(notificationJob, mail);
    await jobs.drain();
    const [received] = smtp.messages.slice(-1);
    expect(received).toMatchObject({
      from: 'shop@example.org',
      to: [mail.to],
      subject: mail.subject,
    });
    expect(received?.text.trimEnd()).toBe(mail.text);
    expect(received?.mail.from?.text).toBe('"Shop" <shop@example.org>');
    expect(jobs.ended(notificationJob)[0]?.result).toEqual({
      messageId: received?.messageId,
      response: expect.stringMatching(/^250/) as string,
    });
  });

  it('is tried again after a temporary refusal, and then sends the same Message-ID', async () => {
    smtp.refuseNext(1, 451);
    const before = smtp.attempts;
    await jobs.add(notificationJob, mail, { jobId: 'order-7' });
    expect(await jobs.drain()).toMatchObject({ completed: 1, retries: 1 });
    expect(smtp.attempts - before).toBe(2);
    const [job] = jobs.ended(notificationJob);
    expect(job?.errors).toMatchObject([{ responseCode: 451 }]);
    expect(job?.result?.messageId).toBe('<notification.order-7@example.org>');
    expect(smtp.messages.at(-1)?.messageId).toBe('<notification.order-7@example.org>');
  });

  it('gives up at once when the mail server refuses for good, and says what it answered', async () => {
    smtp.refuseNext(1, 550);
    const before = smtp.messages.length;
    await jobs.add(notificationJob, mail);
    expect(await jobs.drain({ failures: 'report' })).toMatchObject({ failed: 1, retries: 0 });
    const [job] = jobs.ended(notificationJob);
    expect(job?.errors[0]).toBeInstanceOf(MailRefusedError);
    expect(job?.failure).toMatch(/^The mail server rejected the mail permanently: 550 /);
    expect(smtp.messages).toHaveLength(before);
  });

  it('is tried as often as its contract says when there is no mail server', async () => {
    const queues = QueueModule.forTesting({ processors: [NotificationProcessor] });
    const lonely = await moduleWith(mailerFor({ SMTP_URL: 'smtp://127.0.0.1:1' }), queues);
    await queues.add(notificationJob, mail);
    await queues.drain({ failures: 'report' });
    const [job] = queues.ended(notificationJob);
    expect(job?.attempts).toBe(notificationJob.options.attempts);
    expect(job?.failure).toContain('ECONNREFUSED');
    await lonely.close();
  });

  it('cannot be made without a mail server, and says how to name one or leave it out', () => {
    const config = loadWorkerConfig(definition, { DATABASE_URL });
    expect(() => new Mailer(config)).toThrow(MailNotConfiguredError);
    expect(() => new Mailer(config)).toThrow(/SMTP_URL is not set.*WORKER_PROCESSORS/s);
  });
});
