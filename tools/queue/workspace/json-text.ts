import { parse, type ParseError, printParseErrorCode } from 'jsonc-parser';

/**
 * Parses a JSON file of a workspace, which may have comments and commas at the end of a list, as Nx does.
 * `parseJson` of @nx/devkit would load all of Nx, which takes a second of a command's start.
 *
 * @throws Error with the line and the column of the first mistake
 */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Perhaps only because of its comments.
  }
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return value;
  const before = text.slice(0, first.offset).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
  throw new Error(`${printParseErrorCode(first.error)} in JSON at ${place}`);
}
