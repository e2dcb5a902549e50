import { BenchError } from '@tools/experiment';

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

/**
 * Replaces what stands between the two marks of a page, so that its figures are what was measured.
 *
 * @throws BenchError for a page without the marks
 */
export function replaceMeasuredBlock(page: string, content: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) {
    throw new BenchError(`The page has no place for figures: a line "${BEGIN}", then "${END}".`);
  }
  return `${page.slice(0, begin)}${BEGIN}\n\n${content.trim()}\n\n${page.slice(end)}`;
}
