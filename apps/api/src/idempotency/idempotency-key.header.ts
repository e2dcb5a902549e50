import { ProblemException } from '../http/problem.exception';

export const IDEMPOTENCY_KEY_HEADER = 'Idempotency-Key';

/** The longest key, in characters. */
export const MAX_KEY_LENGTH = 255;

/** A string of RFC 9651, section 3.3.3: printable ASCII in quotes, where `\` escapes a quote and itself. */
const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/** Unquoted keys exclude spaces and commas, so that a repeated header is not read as one key. */
const BARE = /^[\x21-\x2b\x2d-\x7e]*$/;

/**
 * Parses the key, without its quotes: `"a"` and `a` are the same key.
 *
 * @throws ProblemException 400 if it is empty, too long, or not printable ASCII
 */
export function parseIdempotencyKey(header: string): string {
  const key = header.startsWith('"')
    ? QUOTED.exec(header)?.[1]?.replace(/\\(.)/g, '$1')
    : BARE.exec(header)?.[0];
  if (key === undefined) {
    throw malformed('Must be printable ASCII; quote a key that contains spaces, commas or quotes');
  }
  if (key === '') throw malformed('Must not be empty');
  if (key.length > MAX_KEY_LENGTH) throw malformed(`Must not exceed ${MAX_KEY_LENGTH} characters`);
  return key;
}

function malformed(message: string): ProblemException {
  return ProblemException.invalid([{ field: IDEMPOTENCY_KEY_HEADER, message }]);
}
