import { posix } from 'node:path';
import ts from 'typescript';
import type { QueueWorkspace } from '../../workspace/index';
import { lineOf, parseSource } from '../../workspace/parse-source';
import type { TextEdit } from './text-edits';

/** A string of a file that names another one: what it imports, mocks or reads. */
export interface FileReference {
  from: string;
  line: number;
  /** As it is written: `./image-missing.error`, `@libs/jobs/email`. */
  specifier: string;
  /** The file that it leads to. */
  to: string;
  /** Where the string stands, without its quotes. */
  start: number;
  end: number;
}

type Readable = Pick<QueueWorkspace, 'files' | 'imports'>;

/**
 * The files of the workspace that a file leads to: by a relative path in an import, `import(…)`, `jest.mock(…)` or
 * `new URL('./greeting.txt', …)`, or by an import path in any string.
 */
export function fileReferences({ files, imports }: Readable, from: string): FileReference[] {
  const source = parseSource(from, files.read(from, 'utf-8') ?? '');
  const found: FileReference[] = [];
  const visit = (node: ts.Node, parent?: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && isPath(node.text, parent)) {
      const to = imports.fileFor(node.text, from);
      if (to !== undefined) {
        found.push({
          from,
          line: lineOf(node, source),
          specifier: node.text,
          to,
          start: node.getStart(source) + 1,
          end: node.getEnd() - 1,
        });
      }
    }
    ts.forEachChild(node, (child) => {
      visit(child, node);
    });
  };
  visit(source);
  return found;
}

/** Whether a string may lead to a file; a relative path does so only where something loads it. */
function isPath(text: string, parent: ts.Node | undefined): boolean {
  if (!/^[.@\w]\S*$/.test(text)) return false;
  return (
    !text.startsWith('.') || (/^\.{1,2}\//.test(text) && parent !== undefined && loads(parent))
  );
}

/** An import, an export, `import(…)`, `require(…)`, a call of `jest.…` or `vi.…`, `new URL(…)`. */
function loads(node: ts.Node): boolean {
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    const callee = ts.isPropertyAccessExpression(expression) ? expression.expression : expression;
    return (
      callee.kind === ts.SyntaxKind.ImportKeyword ||
      (ts.isIdentifier(callee) && ['jest', 'require', 'vi'].includes(callee.text))
    );
  }
  return (
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isExternalModuleReference(node) ||
    ts.isLiteralTypeNode(node) ||
    (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'URL')
  );
}

/** What leads from one file to another, in the way it was written before they moved; undefined if only another way does. */
export function movedSpecifier(
  { imports }: Readable,
  reference: FileReference,
  moves: ReadonlyMap<string, string>,
): string | undefined {
  const { from, to, specifier } = reference;
  const target = moves.get(to) ?? to;
  if (!specifier.startsWith('.')) return target === to ? specifier : imports.specifierFor(target);
  const origin = moves.get(from) ?? from;
  const [before, after] = endingOf(posix.join(posix.dirname(from), specifier), to);
  if (!target.endsWith(before)) return undefined;
  const path = target.slice(0, target.length - before.length) + after;
  const relative = posix.relative(posix.dirname(origin), path);
  return relative.startsWith('.') ? relative : `./${relative}`;
}

/** What the path of a file ends with, and what is written in place of it: `.ts` and nothing, or `.ts` and `.js`. */
function endingOf(written: string, file: string): readonly [before: string, after: string] {
  if (written === file) return ['', ''];
  const after = /\.js$/.exec(written)?.[0] ?? '';
  return [file.slice(written.length - after.length), after];
}

/** What makes a reference lead to where its file has moved; undefined if nothing has to change. */
export function editOf(
  reference: FileReference,
  specifier: string | undefined,
): TextEdit | undefined {
  if (specifier === undefined || specifier === reference.specifier) return undefined;
  return { start: reference.start, end: reference.end, text: specifier };
}
