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
});
