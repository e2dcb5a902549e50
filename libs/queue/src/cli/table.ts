export interface TableOptions {
  /** The columns whose cells are aligned to the right, for numbers. @default none */
  right?: readonly number[];
}

/** Formats rows as lines, with each column as wide as its widest cell. */
export function table(rows: readonly string[][], { right = [] }: TableOptions = {}): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return right.includes(column) ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
