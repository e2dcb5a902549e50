import ts from 'typescript';
import type { Contract, SourceFiles } from '../../workspace/index';
import { lineOf, parseSource } from '../../workspace/parse-source';
import { isSource } from '../plan/source-list';
import type { TextEdit } from '../plan/text-edits';

/** The name in the contract: the string after `name:`, or the constant that stands there. */
export function nameEdits(files: SourceFiles, contract: Contract, next: string): TextEdit[] {
  const source = parseSource(contract.file, files.read(contract.file, 'utf-8') ?? '');
  const found: { edit: TextEdit; isName: boolean; line: number }[] = [];
  const visit = (node: ts.Node, parent?: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && node.text === contract.name) {
      const edit = { start: node.getStart(source) + 1, end: node.getEnd() - 1, text: next };
      const isName =
        parent !== undefined &&
        ts.isPropertyAssignment(parent) &&
        parent.name.getText(source) === 'name';
      found.push({ edit, isName, line: lineOf(node, source) });
    }
    ts.forEachChild(node, (child) => {
      visit(child, node);
    });
  };
  visit(source);
  const named = found.filter(({ isName, line }) => isName && line >= contract.line);
  const [first] = named.length > 0 ? named : found;
  return first ? [first.edit] : [];
}

/** What comments and tests of its own files call it: `the job "email"`. */
export function commentEdits(
  files: SourceFiles,
  own: readonly string[],
  job: string,
  next: string,
): Map<string, TextEdit[]> {
  const edits = new Map<string, TextEdit[]>();
  for (const file of own.filter(isSource)) {
    const text = files.read(file, 'utf-8') ?? '';
    const found = [...text.matchAll(new RegExp(`\\bjobs? "(${job})"`, 'g'))].map(
      ({ index, 0: whole }) => {
        const end = index + whole.length - 1;
        return { start: end - job.length, end, text: next };
      },
    );
    if (found.length > 0) edits.set(file, found);
  }
  return edits;
}
