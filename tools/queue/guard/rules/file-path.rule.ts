import { isOwnFile } from '../bundle-graph';
import type { GuardFacts } from '../facts';
import type { Breach } from './breach';
import { shortened } from './breach';

/**
 * A file that code reads by its path is there in the workspace, and missing where the bundle runs, unless
 * the bundler can tell which file it is, and takes it along.
 */
export function checkFilePaths(facts: GuardFacts): Breach[] {
  return [...unfollowedReferences(facts), ...readsFromWorkspace(facts)];
}

function unfollowedReferences({ bundle, references }: GuardFacts): Breach[] {
  return references.flatMap(({ kind, from, line, text, target }): Breach[] => {
    const file = bundle.nodes.get(from);
    if (!isOwnFile(file) || (kind !== 'missing' && kind !== 'unknown')) return [];
    const common = {
      rule: 'file-by-path',
      at: { file, line },
      path: from,
      key: `${from}:${line}:${text}`,
    } as const;
    return kind === 'missing'
      ? [
          {
            ...common,
            problem: `${from}:${line} refers to ${target}, which does not exist: ${shortened(text)}`,
            remedy: `Create the file, or correct the path. For a pattern such as *.entity.js, import the files and list them.`,
          },
        ]
      : [
          {
            ...common,
            problem: `${from}:${line} refers to a file, but the bundler cannot tell which one: ${shortened(text)}`,
            remedy: `Write out the file, or a folder of its own that holds it: new URL('./templates/', import.meta.url). All of that folder goes along with the bundle.`,
          },
        ];
  });
}

/** Reads of a file of the workspace by a path that begins at the working directory. */
function readsFromWorkspace({ bundle, syntaxOf, existsInWorkspace }: GuardFacts): Breach[] {
  return bundle
    .bundled()
    .filter(isOwnFile)
    .flatMap((file) =>
      syntaxOf(file.path)
        .reads.filter(({ path }) => existsInWorkspace(path))
        .map(({ text, path, line }): Breach => ({
          rule: 'file-by-path',
          problem: `${file.path}:${line} reads ${path}, which is not part of the bundle: ${shortened(text)}`,
          remedy: `Move the file beside the source that reads it, and name it from there: new URL('./file', import.meta.url). Then it goes along with the bundle.`,
          at: { file, line },
          path: file.path,
          key: `${file.path}:${line}:${text}`,
        })),
    );
}
