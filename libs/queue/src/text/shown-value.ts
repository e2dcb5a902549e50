import { inspect } from 'node:util';

/** A value of an option in a message: on one line, truncated, strings in quotes. */
export function shownValue(value: unknown): string {
  return inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 60 });
}
