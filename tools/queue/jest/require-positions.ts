/** One number of a source map: base64 digits with a sixth bit set go on. */
const NUMBER = /[g-z0-9+/]*[A-Za-f]/g;

/**
 * Completes a source map of swc, which knows where the name of a module stands, but not the call around it: in
 * `const _mail = require("./mail")` only `"./mail"`. Node says that a missing module was asked for by the call, so that
 * Jest would show the line of the source that has the number of the compiled line.
 *
 * @param map as JSON
 */
export function locateRequires(code: string, map: string): string {
  if (!code.includes('require(')) return map;
  const parsed = JSON.parse(map) as { mappings: string };
  const lines = code.split('\n');
  const mappings = parsed.mappings
    .split(';')
    .map((segments, index) =>
      lines[index]?.includes('require(') === true ? fromFirstColumn(segments) : segments,
    );
  return JSON.stringify({ ...parsed, mappings: mappings.join(';') });
}

/**
 * Lets the first segment of a line count from its first column on. A segment is the distance to the one before it, in column,
 * source, line and column of the source, and name.
 */
function fromFirstColumn(segments: string): string {
  const [first = '', ...others] = segments.split(',');
  const [column = 'A', source, line, sourceColumn, ...name] = first.match(NUMBER) ?? [];
  if (column === 'A' || source === undefined || line === undefined || sourceColumn === undefined) {
    return segments;
  }
  const before = ['A', source, line, sourceColumn].join('');
  return [before, [column, 'AAA', ...name].join(''), ...others].join(',');
}
