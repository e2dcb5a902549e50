/** A column of a table: what stands above it, and how a row fills it. */
export interface Column<Row> {
  title: string;
  /** Numbers stand right, so that their digits are below each other. */
  align: 'left' | 'right';
  value: (row: Row) => string;
}

/** A Markdown table whose columns are also aligned for whoever reads it in a terminal. */
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
