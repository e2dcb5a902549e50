import { BlockList, isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { InvalidOptionError } from '../../limits/invalid-option.errors';
import { QUEUE_PAGE_OPTIONS, type PageSettings, type TrustedProxy } from '../queue-page-options';
import { header, type PageRequest, peerOf, type Visitor } from './page-request';
import { cookieIn, SESSION_COOKIE, Sessions } from './session';

const LOOPBACK = ['127.0.0.0/8', '::1'];

/** Why a request is not admitted. */
export type Refusal = 'login' | 'not-the-proxy' | 'no-user' | 'not-this-machine';

/** Tells who is in front of the page. */
@Injectable()
export class Visitors {
  /** Undefined if there is no login. */
  readonly sessions: Sessions | undefined;
  private readonly trusted: BlockList;

  constructor(@Inject(QUEUE_PAGE_OPTIONS) private readonly options: PageSettings) {
    const { token, proxy, sessionLength } = options;
    this.sessions =
      token === undefined || proxy !== undefined ? undefined : new Sessions(token, sessionLength);
    this.trusted = blockListOf(proxy?.addresses ?? LOOPBACK);
  }

  of(request: PageRequest): Visitor | Refusal {
    const { proxy, open } = this.options;
    if (proxy !== undefined) return this.throughProxy(request, proxy);
    if (this.sessions !== undefined) {
      const name = this.sessions.nameIn(cookieIn(request.headers.cookie, SESSION_COOKIE) ?? '');
      return name === undefined ? 'login' : { name, how: 'session' };
    }
    return open && this.isTrusted(request) && isOwnName(request)
      ? { name: 'this machine', how: 'open' }
      : 'not-this-machine';
  }

  private throughProxy(request: PageRequest, { userHeader }: TrustedProxy): Visitor | Refusal {
    if (!this.isTrusted(request)) return 'not-the-proxy';
    const name = header(request, userHeader)?.trim() ?? '';
    return name === '' ? 'no-user' : { name, how: 'proxy' };
  }

  private isTrusted(request: PageRequest): boolean {
    const peer = peerOf(request);
    return isIP(peer) !== 0 && this.trusted.check(peer, isIP(peer) === 6 ? 'ipv6' : 'ipv4');
  }
}

/**
 * Whether a browser has asked for this machine under a name of its own: another name may have been made to lead here
 * (DNS rebinding), or lead to a proxy on this machine.
 */
function isOwnName(request: PageRequest): boolean {
  if (header(request, 'x-forwarded-for') !== undefined) return false;
  const host = header(request, 'host') ?? '';
  return /^(?:localhost|[^/:]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(host);
}

function blockListOf(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of addresses) {
    const [address = '', bits, ...rest] = text.trim().split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const longest = family === 'ipv6' ? 128 : 32;
    const length = bits === undefined ? longest : Number(bits);
    const isSubnet = bits === undefined || (/^\d+$/.test(bits) && length <= longest);
    if (isIP(address) === 0 || !isSubnet || rest.length > 0) {
      throw new InvalidOptionError('QueuePageModule', {
        option: 'proxy.addresses',
        value: text,
        expected: 'an address, or a subnet such as 10.0.0.0/8',
      });
    }
    list.addSubnet(address, length, family);
  }
  return list;
}
