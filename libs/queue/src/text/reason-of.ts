import { inspect } from 'node:util';

/** In characters: of an object that was thrown, what is shown. */
const LONGEST = 500;

/**
 * What a caught value says went wrong, for the message of another error.
 *
 * Does not ask whether it is an `Error`: one that comes from another realm, as Node's own do under
 * Jest, is none. Node's error for a host with several addresses has a code and no message.
 */
export function reasonOf(caught: unknown): string {
  return textOf(caught, 'message') ?? textOf(caught, 'code') ?? describe(caught);
}

/** `throw { status: 503 }`: an object is shown, not called one; in one line, of a bearable length. */
function describe(caught: unknown): string {
  if (typeof caught !== 'object' || caught === null) return String(caught);
  const text = inspect(caught, { depth: 2, breakLength: Infinity, maxStringLength: 200 });
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A property of a caught value, if it is a text that is not empty. */
export function textOf(caught: unknown, property: 'message' | 'code'): string | undefined {
  if (typeof caught !== 'object' || caught === null) return undefined;
  const value: unknown = Reflect.get(caught, property);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
