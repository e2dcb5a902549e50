import type { IncomingMessage } from 'node:http';
import { header } from './page-request';

/**
 * Whether a request was made by a page of the same origin, or by no page at all. Browsers say so in `Sec-Fetch-Site`,
 * or on plain HTTP in `Origin`; neither can be forged by a page.
 */
export function isSameOrigin(request: IncomingMessage): boolean {
  const site = header(request, 'sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = header(request, 'origin');
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return [header(request, 'host'), header(request, 'x-forwarded-host')].includes(host);
}
