import { isIP } from 'node:net';
import * as z from 'zod';

/** A whole number from `min` to `max`, written in digits. Set a default with `.prefault('10')`. */
export function integer(min: number, max: number) {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}

/** A TCP port; 0 lets the system choose one. */
export function port() {
  return integer(0, 65_535);
}

/**
 * A URL with one of these protocols, such as `['postgres:', 'postgresql:']`. It may have several hosts, for
 * a cluster: `redis://a:6379,b:6379`.
 *
 * @param others protocols that are taken too, and that the error does not list
 */
export function urlOf(protocols: readonly string[], others: readonly string[] = []) {
  const expected = `expected a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`;
  const startsRight = (value: string) =>
    [...protocols, ...others].some((p) => value.toLowerCase().startsWith(`${p}//`));
  return z
    .string()
    .refine(startsRight, { error: expected, abort: true })
    .refine(
      (value) => URL.canParse(withOneHost(value)),
      'is not a valid URL: check the port, and percent-encode special characters in the password (@ is %40)',
    );
}

/** As `URL` can parse it: with the first of several hosts, and with one between a user and a socket's path. */
function withOneHost(url: string): string {
  return url
    .replace(/^([^/]*unix:\/\/[^/?]*@)(?=\/)/i, '$1localhost')
    .replace(/^([^/]+:\/\/(?:[^/?]*@)?[^,/?@]+),[^/?@]*(?=[/?]|$)/, '$1');
}

/** A number with one of these units, converted to the unit of factor 1, and not above a maximum. */
function quantity(units: Readonly<Record<string, number>>, max: number, expected: string) {
  const pattern = new RegExp(`^(\\d+)(${Object.keys(units).join('|')})?$`);
  return z
    .string()
    .regex(pattern, expected)
    .transform((text) => {
      const [, amount, unit = ''] = pattern.exec(text) ?? [];
      return Number(amount) * (units[unit] ?? 1);
    })
    .refine((value) => value <= max, expected);
}

const HOUR = 3_600_000;

/**
 * In hours. Node fires a timer of more than 2^31 - 1 ms (596 hours) at once; the sum of two durations and of what
 * closing takes stays below it.
 */
export const LONGEST_DURATION = 250;

/**
 * A duration of at most {@link LONGEST_DURATION}, parsed to milliseconds: `25s`, `500ms`, `2m`, `1h`, or a number of
 * milliseconds.
 */
export function duration() {
  return quantity(
    { ms: 1, s: 1_000, m: 60_000, h: HOUR },
    LONGEST_DURATION * HOUR,
    `expected a duration such as 25s, 500ms, 2m, or a number of milliseconds, up to ${LONGEST_DURATION}h`,
  );
}

/** How often something may happen. */
export interface Rate {
  readonly times: number;
  /** In milliseconds. */
  readonly window: number;
}

/** A {@link Rate} such as `600/1m`, or `off`. */
export function rateOrOff() {
  const expected = 'expected a number in a duration such as 600/1m or 10/1s, or off';
  const parts = z.tuple([integer(1, 1_000_000_000), duration().refine((window) => window > 0)]);
  return z.string().transform((text, context): Rate | 'off' => {
    if (text === 'off') return text;
    const { success, data } = parts.safeParse(text.split('/'));
    if (success) return { times: data[0], window: data[1] };
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** IP addresses and subnets such as `10.0.0.0/8`, separated by commas. */
export function addresses() {
  return z
    .string()
    .transform((list) => list.split(',').map((address) => address.trim()))
    .refine(
      (list) => list.every(isAddressOrSubnet),
      'expected IP addresses and subnets such as 10.0.0.0/8, separated by commas',
    );
}

function isAddressOrSubnet(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    longest > 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= longest))
  );
}

/** A size, parsed to bytes: `10MiB`, `512KiB`, `100B`, or a number of bytes. */
export function byteSize() {
  return quantity(
    { B: 1, KiB: 1_024, MiB: 1_048_576 },
    Number.MAX_SAFE_INTEGER,
    'expected a size such as 10MiB, 512KiB, or a number of bytes',
  );
}
