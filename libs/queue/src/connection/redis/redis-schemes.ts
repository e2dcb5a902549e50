/** `valkey:` and `valkeys:` are what Valkey's own clients use. */
const SCHEME = /^(?:(?:redis|valkey)s?(?:\+sentinel)?|(?:redis\+|valkey\+)?unix):\/\//i;

/** The schemes that a message names; others are variants of them. */
export const REDIS_SCHEMES = ['redis:', 'rediss:', 'redis+sentinel:', 'unix:'] as const;

/** Whether a URL has a Redis scheme. */
export function isRedisUrl(url: string): boolean {
  return SCHEME.test(url);
}
