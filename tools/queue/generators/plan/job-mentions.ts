import ts from 'typescript';
import type { QueueWorkspace } from '../../workspace/index';
import { lineOf, parseSource } from '../../workspace/parse-source';
import { listSources } from './source-list';

/**
 * The lines whose code has the name of a job as a string, such as `getQueueToken('email')`. Whether the job is meant is
 * for a person to say.
 *
 * @param ignored files that are not searched
 */
export function mentionsOf(
  workspace: QueueWorkspace,
  roots: readonly string[],
  job: string,
  ignored: ReadonlySet<string>,
): string[] {
  const words = [`'${job}'`, `"${job}"`, `\`${job}\``];
  return listSources(workspace.files, roots, words)
    .filter((file) => !ignored.has(file))
    .flatMap((file) => {
      const source = parseSource(file, workspace.files.read(file, 'utf-8') ?? '');
      const lines = new Set<number>();
      const visit = (node: ts.Node): void => {
        if (ts.isStringLiteralLike(node) && node.text === job) lines.add(lineOf(node, source));
        ts.forEachChild(node, visit);
      };
      visit(source);
      return [...lines].map((line) => `${file}:${line}`);
    });
}
