const known = new Map<string, string>();

/** One of BullMQ's statements without comments and line breaks. There are some eighty, and each is remembered. */
export function withoutComments(text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const short = text
    .replace(/--[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  known.set(text, short);
  return short;
}
