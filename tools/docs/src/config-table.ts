import type { ConfigRow } from '@libs/config';

/** A Markdown table of variables. */
export function configTable(rows: readonly ConfigRow[]): string {
  const lines = rows.map((row) => {
    const value = row.default === undefined ? (row.required ? 'required' : '') : row.default;
    const shown = row.default !== undefined && !value.includes(' ') ? `\`${value}\`` : value;
    return `| \`${row.name}\` | ${shown} | ${row.description} |`;
  });
  return ['| Variable | Default | What it does |', '| --- | --- | --- |', ...lines].join('\n');
}
