/** Options of the page of queues. Without a token, a proxy, or `open`, there is no page: its routes do not exist. */
export interface QueuePageOptions {
  /** Where it is, without slashes at the ends. @default 'queues/-' */
  path?: string;
  /**
   * What a person logs in with; also what sessions are signed with, so that a new token ends all of them. At least
   * 16 characters.
   */
  token?: string;
  /** How long a login lasts, in milliseconds. @default 12 hours */
  sessionLength?: number;
  /** Admits a person whom a reverse proxy has authenticated, in place of the login. */
  proxy?: TrustedProxy;
  /**
   * Whether browsers on this machine are admitted without a login, for development. It counts only if there is neither
   * a token nor a proxy.
   *
   * @default false
   */
  open?: boolean;
  /** Whether it only shows, and changes nothing. @default false */
  readOnly?: boolean;
}

/** A reverse proxy that authenticates people, and names them in a header of each request. */
export interface TrustedProxy {
  /** The header with the person's name, such as `x-forwarded-user`. A request without it is refused. */
  userHeader: string;
  /**
   * The addresses of the proxy: single ones and subnets (`10.0.0.0/8`). A request from elsewhere is refused, whatever
   * its headers.
   *
   * @default the loopback addresses
   */
  addresses?: readonly string[];
}

/** The injection token of the {@link QueuePageOptions}, with defaults applied. */
export const QUEUE_PAGE_OPTIONS = Symbol('QUEUE_PAGE_OPTIONS');

export type PageSettings = QueuePageOptions &
  Required<Pick<QueuePageOptions, 'path' | 'sessionLength' | 'open' | 'readOnly'>>;

const HOURS = 3_600_000;

export function pageSettings(options: QueuePageOptions): PageSettings {
  const { path = 'queues/-', sessionLength = 12 * HOURS, open = false, readOnly = false } = options;
  const isOpen = open && options.token === undefined && options.proxy === undefined;
  return { ...options, path, sessionLength, open: isOpen, readOnly };
}
