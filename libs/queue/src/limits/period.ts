import { LONGEST_DELAY, milliseconds } from './numbers';
import { oneOf, type Rule } from './rule';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const EXPECTED = `milliseconds from 1 to ${LONGEST_DELAY}, or a string such as "10s", "1m", "2h" or "1d"`;

/** Milliseconds, also written with a unit: they become a number. */
export function period(): Rule {
  const inMilliseconds = milliseconds(1);
  const checked = (value: unknown) => {
    const verdict = inMilliseconds(value);
    return 'value' in verdict ? verdict : { path: [], expected: EXPECTED };
  };
  return oneOf({ number: checked, string: (text) => checked(parsePeriod(String(text))) });
}

/** Reads `15m`, `90s` or `1d` as milliseconds. @returns undefined if it is no such string */
export function parsePeriod(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  return amount === undefined ? undefined : Number(amount) * UNITS[unit as keyof typeof UNITS];
}
