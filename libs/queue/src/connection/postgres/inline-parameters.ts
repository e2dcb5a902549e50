import pg from 'pg';

/**
 * Inlines the parameters of a statement, so that it can be sent together with others: the extended
 * protocol, which keeps parameters separate, takes one statement at a time.
 *
 * For BullMQ's statements, which contain no `--` or `$1` inside a string. Comments are removed first,
 * because they mention parameters too, and a value with a line break would end the comment.
 */
export function inlineParameters(text: string, parameters: readonly unknown[]): string {
  return text
    .replace(/--[^\n]*/g, '')
    .replace(/\$(\d+)/g, (_, position: string) => literal(parameters[Number(position) - 1]));
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean') return `'${value}'`;
  if (typeof value !== 'string') {
    throw new TypeError(`A ${typeof value} cannot be written into a statement.`);
  }
  // NUL would end the whole message to the server, in the middle of a literal.
  if (value.includes('\0')) throw new TypeError('Postgres stores no text with a NUL character.');
  return pg.escapeLiteral(value);
}
