import { type IncomingMessage, type ServerResponse, createServer, type Server } from 'node:http';
import type { MailStore } from './mail-store';
import { listPage, messagePage, notFoundPage } from './mailbox-page';

export interface MailboxOptions {
  store: MailStore;
  smtpUrl: () => string;
  onUse: () => void;
  /** The answer to GET /keeper. */
  keeperStatus: () => unknown;
}

interface Answer {
  status?: number;
  type: string;
  body: string | Buffer;
  headers?: Record<string, string>;
}

/** The caught mail as web pages and JSON. */
export function createMailboxServer(options: MailboxOptions): Server {
  return createServer((request, response) => {
    answer(request, options).then(
      (result) => {
        send(response, result);
      },
      (error: unknown) => {
        console.error(error);
        send(response, { status: 500, type: 'text/plain', body: 'See the log of the services.\n' });
      },
    );
  });
}

async function answer(request: IncomingMessage, options: MailboxOptions): Promise<Answer> {
  // A foreign web page can point its own host name at 127.0.0.1 and then read these responses; such
  // requests carry that name.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
    return { status: 421, type: 'text/plain', body: 'Only for 127.0.0.1 and localhost.\n' };
  }
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/keeper') return json(options.keeperStatus());
  options.onUse();
  return (
    (await route(request, pathname, options)) ?? {
      status: 404,
      type: 'text/html',
      body: notFoundPage(),
    }
  );
}

async function route(
  request: IncomingMessage,
  pathname: string,
  { store, smtpUrl }: MailboxOptions,
): Promise<Answer | undefined> {
  if (request.method === 'DELETE' && pathname === '/messages') {
    await store.clear();
    return json({ deleted: true });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, type: 'text/plain', body: 'Only GET, and DELETE /messages.\n' };
  }
  if (pathname === '/') return html(listPage(await store.list(), smtpUrl()));
  if (pathname === '/messages') return json(await store.list());
  const [, id = '', eml] = /^\/messages\/([^/.]+)(\.eml)?$/.exec(pathname) ?? [];
  return eml ? emlAnswer(store, id) : messageAnswer(request, store, id);
}

async function emlAnswer(store: MailStore, id: string): Promise<Answer | undefined> {
  const body = await store.source(id);
  if (!body) return undefined;
  const disposition = `attachment; filename="${id}.eml"`;
  return { type: 'message/rfc822', body, headers: { 'content-disposition': disposition } };
}

async function messageAnswer(
  request: IncomingMessage,
  store: MailStore,
  id: string,
): Promise<Answer | undefined> {
  const mail = await store.get(id);
  if (!mail) return undefined;
  return request.headers.accept?.includes('text/html') ? html(messagePage(mail)) : json(mail);
}

function html(body: string): Answer {
  return { type: 'text/html', body };
}

function json(value: unknown): Answer {
  return { type: 'application/json', body: `${JSON.stringify(value, null, 2)}\n` };
}

function send(response: ServerResponse, { status = 200, type, body, headers }: Answer): void {
  response.writeHead(status, {
    'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    'cache-control': 'no-store',
    // Mails are untrusted: run no scripts, fetch nothing.
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'",
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
