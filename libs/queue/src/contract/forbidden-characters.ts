import { type FieldProblem, fieldName } from './parse-json';

/** NUL, and half of a character that takes two. Postgres stores neither; Redis is held to the same. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

const PROBLEM =
  'it holds a character that Postgres does not store: NUL (U+0000), or half of a surrogate pair';

/** How JSON.stringify() writes these characters, and a text that looks so after a backslash. */
const MAYBE_UNSTORABLE = /\\u(?:0000|d)/;

/** {@link findForbiddenCharacters} of a value that was written as JSON. Nearly none has any, so it is read only if it may. */
export function findForbiddenInJson(json: string): FieldProblem[] {
  return MAYBE_UNSTORABLE.test(json) ? findForbiddenCharacters(JSON.parse(json)) : [];
}

/** The texts in a value, as JSON has it, that a store would refuse, by field. */
export function findForbiddenCharacters(
  value: unknown,
  path: readonly (string | number)[] = [],
): FieldProblem[] {
  if (typeof value === 'string') {
    return UNSTORABLE.test(value) ? [{ field: fieldName(path), problem: PROBLEM }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => findForbiddenCharacters(item, [...path, index]));
  }
  return Object.entries(value).flatMap(([key, item]) => [
    ...(UNSTORABLE.test(key)
      ? [{ field: fieldName(path), problem: `a key of it: ${PROBLEM}` }]
      : []),
    ...findForbiddenCharacters(item, [...path, key]),
  ]);
}

/**
 * A text that may come from anywhere, such as an error's message, as a store takes it. One that it does
 * not take would keep the job from ever being failed.
 */
export function replaceForbiddenCharacters(text: string): string {
  return UNSTORABLE.test(text) ? text.replace(/\0|\p{Surrogate}/gu, '\u{fffd}') : text;
}
