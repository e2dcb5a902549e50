/** A column of a table: its heading, and the cell of each row. */
export interface Column<Row> {
  title: string;
  /** `right` for numbers, so that their digits line up. */
  align: 'left' | 'right';
  value: (row: Row) => string;
}

/**
 * A Markdown table whose columns are also aligned in a terminal. (The package `markdown-table` does the same,
 * but is an ES module, which Jest cannot load from CommonJS.)
 */
export function markdownTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map(({ value }) => value(row).replaceAll('|', '\\|')));
  const widths = columns.map(({ title }, index) =>
    Math.max(3, title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const line = (texts: readonly string[]): string => {
    const padded = columns.map(({ align }, index) => {
      const text = texts[index] ?? '';
      const width = widths[index] ?? 0;
      return align === 'right' ? text.padStart(width) : text.padEnd(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = columns.map(({ align }, index) => {
    const dashes = '-'.repeat((widths[index] ?? 0) - 1);
    return align === 'right' ? `${dashes}:` : `-${dashes}`;
  });
  return [line(columns.map(({ title }) => title)), line(rule), ...cells.map(line)].join('\n');
}
