import { isStorable } from '../text/storable-text';
import { type FieldProblem, fieldName } from './parse-json';

const PROBLEM =
  'it holds a character that Postgres does not store: NUL (U+0000), or half of a surrogate pair';

/** How JSON.stringify() writes these characters. Also matches an escaped backslash followed by the same letters. */
const MAYBE_UNSTORABLE = /\\u(?:0000|d)/;

/** {@link findForbiddenCharacters} for a JSON string. Parsed only if the cheap test matches, which is rare. */
export function findForbiddenInJson(json: string): FieldProblem[] {
  return MAYBE_UNSTORABLE.test(json) ? findForbiddenCharacters(JSON.parse(json)) : [];
}

/** The strings in a JSON value that a store would refuse, by field. */
export function findForbiddenCharacters(
  value: unknown,
  path: readonly (string | number)[] = [],
): FieldProblem[] {
  if (typeof value === 'string') {
    return isStorable(value) ? [] : [{ field: fieldName(path), problem: PROBLEM }];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => findForbiddenCharacters(item, [...path, index]));
  }
  return Object.entries(value).flatMap(([key, item]) => [
    ...(isStorable(key) ? [] : [{ field: fieldName(path), problem: `a key of it: ${PROBLEM}` }]),
    ...findForbiddenCharacters(item, [...path, key]),
  ]);
}

/**
 * Makes a string of unknown origin, such as an error's message, safe to store. Otherwise the failure itself
 * could not be saved.
 */
export function replaceForbiddenCharacters(text: string): string {
  return isStorable(text) ? text : text.replace(/\0|\p{Surrogate}/gu, '\u{fffd}');
}
