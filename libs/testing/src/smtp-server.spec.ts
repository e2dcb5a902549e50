import { once } from 'node:events';
import { connect } from 'node:net';
import { type Transporter, createTransport } from 'nodemailer';
import { type TestSmtpServer, startSmtpServer } from './smtp-server';

describe('startSmtpServer', () => {
  let server: TestSmtpServer;
  let mailer: Transporter;
  beforeEach(async () => {
    server = await startSmtpServer();
    mailer = createTransport(server.url);
  });
  afterEach(async () => {
    mailer.close();
    await server.close();
  });

  const send = (): Promise<unknown> =>
    mailer.sendMail({
      from: 'shop@example.com',
      to: 'ada@example.com',
      bcc: 'hidden@example.com',
      subject: 'Hello',
      text: 'World',
    });

  it('keeps the mails it takes, with everybody they were for', async () => {
    await send();
    expect(server.messages).toHaveLength(1);
    expect(server.messages[0]).toMatchObject({
      from: 'shop@example.com',
      to: ['ada@example.com', 'hidden@example.com'],
      subject: 'Hello',
      text: 'World\n',
    });
  });

  it('refuses as many mails as it is told, and takes the next', async () => {
    server.refuseNext(1, 550);
    await expect(send()).rejects.toMatchObject({ responseCode: 550 });
    await send();
    expect(server.attempts).toBe(2);
    expect(server.messages).toHaveLength(1);
  });

  it('takes the next mail after a sender was killed in the middle of one', async () => {
    const sender = connect(Number(new URL(server.url).port), '127.0.0.1');
    for (const line of ['', 'EHLO shop', 'MAIL FROM:<shop@example.com>']) {
      if (line !== '') sender.write(`${line}\r\n`);
      await once(sender, 'data');
    }
    sender.resetAndDestroy();
    await send();
    expect(server.messages).toHaveLength(1);
  });
});
