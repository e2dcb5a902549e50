import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Transporter, createTransport } from 'nodemailer';
import type { SMTPServer } from 'smtp-server';
import { MailStore, type MailMessage, type MailSummary } from './mail-store';
import { createMailboxServer } from './mailbox-http';
import { createSmtpCatcher } from './smtp-catcher';

describe('the mail catcher', () => {
  let folder: string;
  let smtp: SMTPServer;
  let http: Server;
  let mailer: Transporter;
  let used: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mail-catcher-'));
    used = 0;
    const store = new MailStore(folder);
    const onUse = (): void => {
      used++;
    };
    smtp = createSmtpCatcher(store, onUse);
    smtp.listen(0, '127.0.0.1');
    await once(smtp.server, 'listening');
    http = createMailboxServer({
      store,
      smtpUrl: () => 'smtp://127.0.0.1:1',
      onUse,
      keeperStatus: () => ({ pid: 1 }),
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    mailer = createTransport({ host: '127.0.0.1', port: portOf(smtp.server) });
  });

  afterEach(async () => {
    mailer.close();
    http.close();
    await once(http, 'close');
    await new Promise<void>((resolve) => {
      smtp.close(resolve);
    });
    rmSync(folder, { recursive: true });
  });

  const get = async (
    path: string,
    { method = 'GET', ...headers }: Record<string, string> = {},
  ): Promise<{ status: number | undefined; type: string | undefined; body: string }> => {
    const sent = request({ port: portOf(http), path, method, headers, agent: false }).end();
    const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
    const type = response.headers['content-type'];
    return { status: response.statusCode, type, body: await text(response) };
  };
  const list = async (): Promise<MailSummary[]> =>
    JSON.parse((await get('/messages')).body) as MailSummary[];

  const send = (subject: string): Promise<unknown> =>
    mailer.sendMail({
      from: 'Shop <shop@example.com>',
      to: ['ada@example.com', 'Bob <bob@example.com>'],
      subject,
      text: 'Grüße & <b>no markup</b>',
      html: '<p>Grüße</p><script>alert(1)</script>',
      attachments: [{ filename: 'a.txt', content: 'attached' }],
    });

  it('keeps each mail as an .eml file, and lists the newest first', async () => {
    await send('first');
    await send('second');
    const mails = await list();
    expect(mails.map(({ subject }) => subject)).toEqual(['second', 'first']);
    expect(mails[0]).toMatchObject({
      from: 'Shop <shop@example.com>',
      to: ['ada@example.com', 'Bob <bob@example.com>'],
    });
    expect(Date.parse(mails[0]?.receivedAt ?? '')).toBeCloseTo(Date.now(), -5);
    expect(readdirSync(folder).sort()).toEqual(mails.map(({ id }) => `${id}.eml`).sort());
  });

  it('shows one mail as JSON, as a page, and as the file that came in', async () => {
    await send('Hello');
    const [{ id } = { id: '' }] = await list();

    const mail = JSON.parse((await get(`/messages/${id}`)).body) as MailMessage;
    expect(mail).toMatchObject({ subject: 'Hello', text: 'Grüße & <b>no markup</b>' });
    expect(mail.attachments).toEqual([{ filename: 'a.txt', contentType: 'text/plain', bytes: 8 }]);

    const eml = await get(`/messages/${id}.eml`);
    expect(eml.type).toBe('message/rfc822');
    expect(eml.body).toBe(readFileSync(join(folder, `${id}.eml`), 'utf8'));

    const page = await get(`/messages/${id}`, { accept: 'text/html' });
    expect(page.type).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('Hello');
  });

  it('shows what a mail says without letting it be markup of the page', async () => {
    await send('<script>alert(2)</script>');
    const [{ id } = { id: '' }] = await list();
    for (const path of ['/', `/messages/${id}`]) {
      const { body } = await get(path, { accept: 'text/html' });
      expect(body).not.toContain('<script>');
      expect(body).not.toContain('<b>no markup');
    }
  });

  it('has a page before any mail has come', async () => {
    const { status, body } = await get('/');
    expect(status).toBe(200);
    expect(body).toContain('No mail yet');
  });

  it('forgets all mail on DELETE /messages', async () => {
    await send('gone');
    await get('/messages', { method: 'DELETE' });
    await expect(list()).resolves.toEqual([]);
  });

  it.each([
    '/messages/nothing',
    '/messages/..%2F..%2Fpackage',
    '/elsewhere',
    '/messages/nothing.eml',
  ])('answers 404 for %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('is not to be read by a web page that names this machine otherwise', async () => {
    expect((await get('/messages', { host: 'attacker.example' })).status).toBe(421);
  });

  it('counts mails and readers as use, but not the question whether it is used', async () => {
    await get('/keeper');
    expect(used).toBe(0);
    await get('/messages');
    expect(used).toBe(1);
    await send('use');
    expect(used).toBeGreaterThan(1);
  });
});

function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}
