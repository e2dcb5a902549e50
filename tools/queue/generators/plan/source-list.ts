import { posix } from 'node:path';
import { findFiles, type SourceFiles } from '../../workspace/index';

const SOURCE_SUFFIXES = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs'];

export function isSource(file: string): boolean {
  return SOURCE_SUFFIXES.some((suffix) => file.endsWith(suffix));
}

/** Every source file below the roots of the projects, sorted; of those whose text has one of the words, if there are any. */
export function listSources(
  files: SourceFiles,
  roots: Iterable<string>,
  words: readonly string[] = [],
): string[] {
  const found = [...roots].flatMap((root) => findFiles(files, root, ''));
  return [...new Set(found)].sort().filter((file) => {
    if (!isSource(file)) return false;
    const text = words.length > 0 ? (files.read(file, 'utf-8') ?? '') : '';
    return words.length === 0 || words.some((word) => text.includes(word));
  });
}

/**
 * Every source file below the roots of the projects, sorted, that may name one of these files where it imports: by the name of the
 * file, after what separates it from the rest of a path.
 */
export function listImporters(
  files: SourceFiles,
  roots: Iterable<string>,
  targets: readonly string[],
): string[] {
  const words = [...new Set(targets.map(wordOf))];
  const escaped = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const named = new RegExp(`[/'"\`@~#](?:${escaped.join('|')})`);
  return listSources(files, roots, words).filter((file) =>
    named.test(files.read(file, 'utf-8') ?? ''),
  );
}

/** What an import of a file has in it: the name of the file without its endings, or that of the folder of an index. */
function wordOf(file: string): string {
  const [name = file] = posix.basename(file).split('.');
  return name === 'index' ? posix.basename(posix.dirname(file)) : name;
}
