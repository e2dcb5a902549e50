import type { ConfigRow } from './describe-config';

/** A row of a table in docs/reference/configuration.md. */
export type DocumentedVariable = Pick<ConfigRow, 'name' | 'default' | 'description'>;

/**
 * The variables that a Markdown text lists below these headings, so that a test can hold the text
 * against the schemas. A row reads: | `NAME` | `default` | description |
 */
export function documentedVariables(
  markdown: string,
  headings: readonly string[],
): DocumentedVariable[] {
  const sections = markdown.split(/^## /m).slice(1);
  return sections
    .filter((section) => headings.includes(section.split('\n', 1)[0] ?? ''))
    .flatMap((section) => section.split('\n'))
    .filter((line) => line.startsWith('| `'))
    .map(readRow);
}

/** The table that {@link documentedVariables} reads. */
export function configTable(rows: readonly ConfigRow[]): string {
  const lines = rows.map((row) => {
    const value = row.default === undefined ? (row.required ? 'required' : '') : row.default;
    const shown = row.default !== undefined && !value.includes(' ') ? `\`${value}\`` : value;
    return `| \`${row.name}\` | ${shown} | ${row.description} |`;
  });
  return ['| Variable | Default | What it does |', '| --- | --- | --- |', ...lines].join('\n');
}

function readRow(line: string): DocumentedVariable {
  const [name = '', value = '', ...description] = line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
  const isDefault = value !== '' && value !== 'required';
  return {
    name: name.replaceAll('`', ''),
    default: isDefault ? value.replace(/^`(.*)`$/, '$1') : undefined,
    description: description.join('|'),
  };
}
