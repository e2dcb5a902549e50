import { inspect } from 'node:util';

/** In characters: how much of a thrown object is shown. */
const LONGEST = 500;

/**
 * The reason that a caught value gives, for the message of another error.
 *
 * Does not check for `Error`: errors of another realm, such as Node's own under Jest, are not instances of
 * it. Node's error for a host with several addresses has a code and no message.
 */
export function reasonOf(caught: unknown): string {
  return textOf(caught, 'message') ?? textOf(caught, 'code') ?? describe(caught);
}

/** For `throw { status: 503 }`: objects are printed on one line, truncated. */
function describe(caught: unknown): string {
  if (typeof caught !== 'object' || caught === null) return String(caught);
  const text = inspect(caught, { depth: 2, breakLength: Infinity, maxStringLength: 200 });
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A property of a caught value, if it is a non-empty string. */
export function textOf(
  caught: unknown,
  property: 'message' | 'name' | 'code' | 'syscall',
): string | undefined {
  if (typeof caught !== 'object' || caught === null) return undefined;
  const value: unknown = Reflect.get(caught, property);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
