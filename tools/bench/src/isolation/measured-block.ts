import { ExperimentError } from '@tools/experiment';

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

/**
 * Replaces the text between the two marks of a page, so that the page shows the latest figures.
 *
 * @throws ExperimentError for a page without the marks
 */
export function replaceMeasuredBlock(page: string, content: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) {
    throw new ExperimentError(
      `The page has no place for figures. Add a line "${BEGIN}", and below it "${END}".`,
    );
  }
  return `${page.slice(0, begin)}${BEGIN}\n\n${content.trim()}\n\n${page.slice(end)}`;
}
