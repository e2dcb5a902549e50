import pg from 'pg';

/**
 * A statement with its parameters written into it, so that it can be sent together with others: the
 * extended protocol, which keeps parameters apart, takes one statement at a time.
 *
 * For statements of BullMQ, which hold no `--` or `$1` inside a text. Comments are removed first,
 * because they name parameters too, and a value with a line break would end the comment.
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
  // It would end the whole message to the server, in the middle of a literal.
  if (value.includes('\0')) throw new TypeError('Postgres stores no text with a NUL character.');
  return pg.escapeLiteral(value);
}
