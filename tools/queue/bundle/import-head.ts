/** What comes right before the name of an imported module, wherever it stands. */
const NAMES_A_MODULE = /\b(?:from\s*(?=['"]|\/[*/])|import\s*(?=['"(]|\/[*/])|require\b)/g;

/**
 * A text up to the last import in it: with most modules, the first lines. All imports and re-exports are in it. To parse
 * the rest takes most of the time.
 */
export function importHead(text: string): string {
  let last: RegExpExecArray | undefined;
  for (const match of text.matchAll(NAMES_A_MODULE)) last = match;
  if (last === undefined) return '';
  const quote = text.slice(last.index).search(/['"`]/);
  if (quote < 0) return text;
  const start = last.index + quote;
  // The quote may be one of a comment that stands before the name.
  if (/\/[*/]/.test(text.slice(last.index, start))) return text;
  const end = text.indexOf(text.charAt(start), start + 1);
  return end < 0 ? text : text.slice(0, end + 1);
}
