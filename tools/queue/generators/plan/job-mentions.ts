import type { Tree } from '@nx/devkit';
import ts from 'typescript';
import { type SourceFiles, TAGS } from '../../workspace/index';
import { lineOf, parseSource } from '../../workspace/parse-source';
import { listSources } from './source-list';
import { projectRoots } from './tree-workspace';

/**
 * The lines whose code has the name of a job as a string, such as `getQueueToken('email')`. Whether the job is meant is
 * for a person to say.
 *
 * @param ignored files that are not searched
 */
export function mentionsOf(tree: Tree, job: string, ignored: ReadonlySet<string>): string[] {
  const files: SourceFiles = tree;
  const words = [`'${job}'`, `"${job}"`, `\`${job}\``];
  return listSources(files, projectRoots(tree, TAGS.runtime), words)
    .filter((file) => !ignored.has(file))
    .flatMap((file) => {
      const source = parseSource(file, files.read(file, 'utf-8') ?? '');
      const lines = new Set<number>();
      const visit = (node: ts.Node): void => {
        if (ts.isStringLiteralLike(node) && node.text === job) lines.add(lineOf(node, source));
        ts.forEachChild(node, visit);
      };
      visit(source);
      return [...lines].map((line) => `${file}:${line}`);
    });
}
