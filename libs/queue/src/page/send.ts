import type { ServerResponse } from 'node:http';

/** An answer that the application's own filters and interceptors leave alone. */
export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': type, ...headers });
  // Node omits the body of a HEAD response by itself.
  response.end(body);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json', JSON.stringify(body));
}

/** A page, with the content policy that it needs in place of that of the guard, if any. */
export function sendHtml(
  response: ServerResponse,
  status: number,
  { html, policy }: { html: string; policy?: string },
  headers: Record<string, string> = {},
): void {
  send(response, status, 'text/html; charset=utf-8', html, {
    ...headers,
    ...(policy !== undefined && { 'content-security-policy': policy }),
  });
}
