/** The width of a terminal; undefined: it is none, or does not know its width, and says 0. */
export function columnsOf({
  isTTY,
  columns,
}: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): number | undefined {
  return isTTY ? columns || undefined : undefined;
}
