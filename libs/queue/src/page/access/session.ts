import { createHmac, timingSafeEqual } from 'node:crypto';

/** The cookie with the session. It has no path, so browsers send it to the page only, below any prefix. */
export const SESSION_COOKIE = 'queue_page';

/** The length of the longest name that is kept. */
const LONGEST_NAME = 100;

interface Session {
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly expires: number;
}

/**
 * Sessions that no store holds: a cookie has the name and the end, and a signature. The key follows from the token, so
 * every replica accepts a session, and a new token ends all.
 */
export class Sessions {
  private readonly key: Buffer;

  constructor(
    private readonly token: string,
    private readonly length: number,
  ) {
    this.key = createHmac('sha256', token).update('sessions of the page of queues, 1').digest();
  }

  /** Whether this is the token; takes the same time for every text. */
  isToken(text: string): boolean {
    return isSame(this.digest(text), this.digest(this.token));
  }

  /** @returns the value of the cookie */
  begin(name: string, now = Date.now()): string {
    const session: Session = { name: name.slice(0, LONGEST_NAME), expires: now + this.length };
    const content = Buffer.from(JSON.stringify(session)).toString('base64url');
    return `${content}.${this.digest(content).toString('base64url')}`;
  }

  /** Whose session a cookie is; undefined if it was not made here, or has expired. */
  nameIn(cookie: string, now = Date.now()): string | undefined {
    const [content = '', signature = '', ...rest] = cookie.split('.');
    if (rest.length > 0) return undefined;
    if (!isSame(this.digest(content), Buffer.from(signature, 'base64url'))) return undefined;
    // It was signed here, so it can be parsed.
    const { name, expires } = JSON.parse(
      Buffer.from(content, 'base64url').toString('utf8'),
    ) as Session;
    return expires > now ? name : undefined;
  }

  /** The header that sets the cookie. */
  cookie(value: string, { secure }: { secure: boolean }): string {
    const lifetime = value === '' ? 0 : Math.floor(this.length / 1_000);
    const attributes = [`Max-Age=${lifetime}`, 'HttpOnly', 'SameSite=Lax'];
    if (secure) attributes.push('Secure');
    return [`${SESSION_COOKIE}=${value}`, ...attributes].join('; ');
  }

  private digest(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest();
  }
}

/** The value of a cookie of a request. */
export function cookieIn(cookies: string | undefined, name: string): string | undefined {
  for (const cookie of (cookies ?? '').split(';')) {
    const [key = '', ...value] = cookie.split('=');
    if (key.trim() === name) return value.join('=').trim();
  }
  return undefined;
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
