import type { SourceMap } from 'node:module';
import type { Location } from 'esbuild';

/** A file as it was written, and the map that leads back to it from what esbuild was given. */
export interface MappedSource {
  text: string;
  map: SourceMap;
}

/**
 * Where something stands in the source of a person, from where it stands in what esbuild was given.
 * esbuild counts columns in bytes, source maps in UTF-16 units.
 */
export function sourceLocation<L extends Location>(location: L, { text, map }: MappedSource): L {
  const compiled = Buffer.from(location.lineText);
  const before = compiled.subarray(0, location.column).toString();
  const entry = map.findEntry(location.line - 1, before.length);
  if (!('originalLine' in entry)) return location;

  const lineText = text.split(/\r?\n/)[entry.originalLine] ?? '';
  const token = compiled.subarray(location.column, location.column + location.length).toString();
  const column = columnOf(token, lineText, entry.originalColumn);
  return {
    ...location,
    line: entry.originalLine + 1,
    column: Buffer.byteLength(lineText.slice(0, column ?? entry.originalColumn)),
    length: column === undefined ? 0 : location.length,
    lineText,
    suggestion: '',
  };
}

/** A map may lead to the beginning of a statement only: its token stands at that place or after it. */
function columnOf(token: string, lineText: string, from: number): number | undefined {
  if (token === '') return undefined;
  const after = lineText.indexOf(token, from);
  const found = after < 0 ? lineText.lastIndexOf(token, from) : after;
  return found < 0 ? undefined : found;
}
