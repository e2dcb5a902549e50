import { runHandler } from '@libs/queue/testing';
import { startSmtpServer, type TestSmtpServer } from '@libs/testing';
import { UnrecoverableError } from 'bullmq';
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
  let smtp: TestSmtpServer;
  let mailer: Mailer;
  let processor: NotificationProcessor;

  const mailerFor = (env: Record<string, string>) =>
    new Mailer(loadWorkerConfig(definition, { DATABASE_URL, ...env }));

  beforeAll(async () => {
    smtp = await startSmtpServer();
    mailer = mailerFor({ SMTP_URL: smtp.url, MAIL_FROM: 'Shop <shop@example.org>' });
    processor = new NotificationProcessor(mailer);
  });

  afterAll(async () => {
    mailer.onApplicationShutdown();
    await smtp.close();
  });

  it('sends the mail as it was asked for, from the configured sender', async () => {
    const { result } = await runHandler(processor, mail);
    const [received] = smtp.messages.slice(-1);
    expect(received).toMatchObject({
      from: 'shop@example.org',
      to: [mail.to],
      subject: mail.subject,
    });
    expect(received?.text.trimEnd()).toBe(mail.text);
    expect(received?.mail.from?.text).toBe('"Shop" <shop@example.org>');
    expect(result).toEqual({
      messageId: received?.messageId,
      response: expect.stringMatching(/^250/) as string,
    });
  });

  it('may be tried again after a temporary refusal, and then sends the same Message-ID', async () => {
    smtp.refuseNext(1, 451);
    const before = smtp.attempts;
    const first = await runHandler(processor, mail, { id: 'order-7' }).catch(
      (error: unknown) => error,
    );
    expect(first).toMatchObject({ responseCode: 451 });
    expect(first).not.toBeInstanceOf(MailRefusedError);
    const second = await runHandler(processor, mail, { id: 'order-7', attempt: 2 });
    expect(smtp.attempts - before).toBe(2);
    expect(second.result.messageId).toBe('<notification.order-7@example.org>');
    expect(smtp.messages.at(-1)?.messageId).toBe('<notification.order-7@example.org>');
  });

  it('gives up at once when the mail server refuses for good, and says what it answered', async () => {
    smtp.refuseNext(1, 550);
    const before = smtp.messages.length;
    const running = runHandler(processor, mail);
    await expect(running).rejects.toBeInstanceOf(MailRefusedError);
    await expect(running).rejects.toBeInstanceOf(UnrecoverableError);
    await expect(running).rejects.toThrow(/^The mail server rejected the mail permanently: 550 /);
    expect(smtp.messages).toHaveLength(before);
  });

  it('may be tried again when there is no mail server', async () => {
    const lonely = mailerFor({ SMTP_URL: 'smtp://127.0.0.1:1' });
    const failed = await runHandler(new NotificationProcessor(lonely), mail).catch(
      (error: unknown) => error,
    );
    expect(String(failed)).toContain('ECONNREFUSED');
    expect(failed).not.toBeInstanceOf(MailRefusedError);
    lonely.onApplicationShutdown();
  });

  it('cannot be made without a mail server, and says how to name one or leave it out', () => {
    const config = loadWorkerConfig(definition, { DATABASE_URL });
    expect(() => new Mailer(config)).toThrow(MailNotConfiguredError);
    expect(() => new Mailer(config)).toThrow(/SMTP_URL is not set.*WORKER_PROCESSORS/s);
  });
});
