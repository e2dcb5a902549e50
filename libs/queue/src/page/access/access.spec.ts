import type { PageRequest } from './page-request';
import { LoginAttempts } from './login-attempts';
import { isSameOrigin } from './same-origin';
import { cookieIn, Sessions } from './session';
import { Visitors } from './visitors';
import { pageSettings, type QueuePageOptions } from '../queue-page-options';

const TOKEN = 'a-token-of-operators';
const HOUR = 3_600_000;

/** A request as far as these read it. */
function request(headers: Record<string, string>, remoteAddress = '10.0.0.7'): PageRequest {
  return { headers, socket: { remoteAddress } } as unknown as PageRequest;
}

describe('a session', () => {
  const sessions = new Sessions(TOKEN, HOUR);

  it('is that of the name that it was made for, until it expires', () => {
    const cookie = sessions.begin('Ada; Söhne', 1_000);
    expect(sessions.nameIn(cookie, 2_000)).toBe('Ada; Söhne');
    expect(sessions.nameIn(cookie, 1_000 + HOUR)).toBeUndefined();
    expect(cookieIn(`a=b; queue_page=${cookie}; c=d`, 'queue_page')).toBe(cookie);
  });

  it('is refused if it was changed, made with another token, or is none', () => {
    const [content = '', signature = ''] = sessions.begin('ada').split('.');
    const longer = Buffer.from(JSON.stringify({ name: 'ada', expires: 9e15 })).toString(
      'base64url',
    );
    const forged = [
      `${longer}.${signature}`,
      content,
      `${content}.`,
      `${content}.${signature}.x`,
      '',
      '.',
      'é.é',
    ];
    for (const cookie of forged) expect(sessions.nameIn(cookie)).toBeUndefined();
    expect(
      new Sessions('a-token-of-others-', HOUR).nameIn(`${content}.${signature}`),
    ).toBeUndefined();
  });

  it('is in a cookie that scripts and other sites do not get', () => {
    expect(sessions.cookie('x', { secure: true })).toBe(
      'queue_page=x; Max-Age=3600; HttpOnly; SameSite=Lax; Secure',
    );
    expect(sessions.cookie('', { secure: false })).toContain('Max-Age=0');
  });

  it('begins with the token only', () => {
    expect(
      [TOKEN, `${TOKEN} `, '', 'a-token-of-operatorz'].map((text) => sessions.isToken(text)),
    ).toEqual([true, false, false, false]);
  });
});

describe('logins that fail', () => {
  it('make the next one of their address wait, longer each time, and no other', () => {
    const attempts = new LoginAttempts();
    for (let failed = 0; failed < 4; failed += 1) attempts.failed('a', 0);
    expect(attempts.wait('a', 0)).toBe(0);
    attempts.failed('a', 0);
    expect(attempts.wait('a', 0)).toBe(1_000);
    attempts.failed('a', 1_000);
    expect(attempts.wait('a', 1_500)).toBe(1_500);
    for (let failed = 0; failed < 20; failed += 1) attempts.failed('a', 10_000);
    expect(attempts.wait('a', 10_000)).toBe(60_000);
    expect(attempts.wait('b', 10_000)).toBe(0);
    expect(attempts.wait('a', 10_000 + 15 * 60_000)).toBe(0);
  });

  it('make all wait if they come from very many addresses', () => {
    const attempts = new LoginAttempts();
    for (let address = 0; address < 5_000; address += 1) attempts.failed(`a${address}`, 0);
    expect(attempts.wait('b', 0)).toBe(60_000);
    expect(attempts.wait('b', 61_000)).toBe(0);
  });

  it('are forgotten when one succeeds', () => {
    const attempts = new LoginAttempts();
    for (let failed = 0; failed < 9; failed += 1) attempts.failed('a', 0);
    attempts.succeeded('a');
    expect(attempts.wait('a', 0)).toBe(0);
  });
});

describe('a request', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://other' }, true],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ host: 'queues.example:3000', origin: 'http://queues.example:3000' }, true],
    [
      { host: '10.0.0.1', 'x-forwarded-host': 'queues.example', origin: 'https://queues.example' },
      true,
    ],
    [{ host: 'queues.example', origin: 'https://evil.example' }, false],
    [{ host: 'queues.example', origin: 'null' }, false],
    [{ host: 'queues.example' }, true],
  ])('with %j is of the same origin: %s', (headers, expected) => {
    expect(isSameOrigin(request(headers))).toBe(expected);
  });
});

describe('the visitor', () => {
  const visitorOf = (
    options: QueuePageOptions,
    headers: Record<string, string>,
    address?: string,
  ) => new Visitors(pageSettings(options)).of(request(headers, address));
  const proxy = { userHeader: 'X-Forwarded-User', addresses: ['10.1.0.0/16', '::1'] };

  it('is whom a trusted proxy names, and nobody else', () => {
    const named = { 'x-forwarded-user': 'grace' };
    const grace = { name: 'grace', how: 'proxy' };
    expect(visitorOf({ proxy }, named, '10.1.2.3')).toEqual(grace);
    expect(visitorOf({ proxy }, named, '::ffff:10.1.2.3')).toEqual(grace);
    expect(visitorOf({ proxy }, named, '::1')).toEqual(grace);
    expect(visitorOf({ proxy }, named, '10.2.0.1')).toBe('not-the-proxy');
    expect(visitorOf({ proxy }, { 'x-forwarded-user': ' ' }, '10.1.2.3')).toBe('no-user');
    expect(visitorOf({ proxy, open: true, token: TOKEN }, {}, '10.1.2.3')).toBe('no-user');
  });

  it('needs a login as soon as there is a token, also if the page is open', () => {
    expect(visitorOf({ token: TOKEN, open: true }, { host: 'localhost' }, '127.0.0.1')).toBe(
      'login',
    );
  });

  it.each([
    ['localhost:3000', '127.0.0.1', true],
    ['[::1]:3000', '::1', true],
    ['evil.example', '127.0.0.1', false],
    ['localhost.evil.example', '127.0.0.1', false],
    ['localhost:3000', '192.168.1.9', false],
  ])('of an open page at %s from %s is let in: %s', (host, address, isIn) => {
    const visitor = visitorOf({ open: true }, { host }, address);
    expect(visitor).toEqual(isIn ? { name: 'this machine', how: 'open' } : 'not-this-machine');
  });

  it.each(['10.0.0.0/33', 'proxy.example', '10.0.0.0/', '', '10.0.0.1/8/8'])(
    'cannot come through a proxy at "%s"',
    (address) => {
      expect(() =>
        visitorOf({ proxy: { userHeader: 'x-user', addresses: [address] } }, {}),
      ).toThrow('Use an address, or a subnet such as 10.0.0.0/8');
    },
  );
});
