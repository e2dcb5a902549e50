import type { IncomingMessage } from 'node:http';

/** A request, as Express passes it on. */
export interface PageRequest extends IncomingMessage {
  /** Set by the guard. */
  visitor?: Visitor;
  /** The path with which the client has asked, behind a router of Express. */
  readonly originalUrl?: string;
  /** The client's address; behind a trusted proxy that which it names. */
  readonly ip?: string;
  /** Whether the client uses HTTPS; behind a trusted proxy what that says. */
  readonly secure?: boolean;
  /** What a parser of the application has made of the body, if it has read it. */
  readonly body?: unknown;
}

/** A person in front of the page. */
export interface Visitor {
  /** For the audit log. What was entered at the login is not verified; what a proxy says is. */
  readonly name: string;
  readonly how: 'open' | 'session' | 'proxy';
}

/** One value of a header that is allowed once. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? undefined : value;
}

/** The address at the other end of the connection, an IPv4 one in its short form. */
export function peerOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

/** The client's address, for logs and for slowing down. */
export function addressOf(request: PageRequest): string {
  return request.ip ?? peerOf(request);
}
