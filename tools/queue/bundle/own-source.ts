/**
 * Whether an input of a metafile is a source of the workspace: code that is in no package, and that no plugin has
 * made, whose path begins with the name of its namespace. Packages may be called like a file (`left-out:chart.js`).
 */
export function isOwnSource(input: string): boolean {
  return (
    /\.[cm]?[jt]sx?$/.test(input) &&
    !/^[\w-]{2,}:/.test(input) &&
    !/(?:^|\/)node_modules\//.test(input)
  );
}
