/** The name of an attribute of imports in a metafile. */
export const PATH_LINE = 'path-line';

/**
 * The line of a path in a source, which stands among the imports of a metafile too; `undefined` for an import.
 *
 * @param attributes of the import
 */
export function pathLineOf(attributes: Record<string, string> | undefined): number | undefined {
  const line = attributes?.[PATH_LINE];
  return line === undefined ? undefined : Number(line);
}
