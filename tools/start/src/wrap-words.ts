import { stripVTControlCharacters } from 'node:util';

/**
 * Breaks a line between words, where a terminal would break it inside of one. A word that is longer than a line stays
 * whole, so that an address can be clicked on.
 *
 * @param columns the width of the terminal; undefined: there is none, and the line stays as it is
 * @param indent begins each further line
 */
export function wrapWords(line: string, columns: number | undefined, indent = ''): string {
  if (columns === undefined || widthOf(line) <= columns) return line;
  const lines: string[] = [];
  let current = '';
  let isEmpty = true;
  // Each word with the spaces after it; those before the first one are a part of their own.
  for (const word of line.split(/(?<= )(?=[^ ])/)) {
    if (!isEmpty && widthOf((current + word).trimEnd()) > columns) {
      lines.push(current.trimEnd());
      current = indent;
    }
    current += word;
    isEmpty = current.trim() === '';
  }
  return [...lines, current].join('\n');
}

/** Breaks each line of a text between words. */
export function wrapLines(text: string, columns: number | undefined): string {
  return text
    .split('\n')
    .map((line) => wrapWords(line, columns))
    .join('\n');
}

/** Without the codes of colours. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
