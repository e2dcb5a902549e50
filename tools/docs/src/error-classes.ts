import ts from 'typescript';
import { readText, workspaceFiles } from './workspace';

/** What the sources say about one class of errors. */
export interface ErrorClass {
  readonly name: string;
  /** Relative to the root of the workspace. */
  readonly file: string;
  readonly isExported: boolean;
  /** A root, which is thrown by its subclasses only. */
  readonly isAbstract: boolean;
  /** The value of its property `code`, if it is written as a literal. */
  readonly code: string | undefined;
  /** The first paragraph of its doc comment. */
  readonly when: string;
  /** The paragraph of its doc comment that begins with `To do:`. */
  readonly toDo: string;
  /** Who meets it: the tag `@group` of its doc comment. */
  readonly group: string;
}

const SOURCES = [
  'apps/*/src/*.ts',
  'libs/*/src/*.ts',
  ':!libs/testing',
  'tools/queue/*.ts',
  'tools/services/src/*.ts',
  ':!*.spec.ts',
  ':!**/testing/**',
  ':!**/files/**',
];

/** The error classes of everything that people run or import, in the order of their files. */
export function errorClasses(): ErrorClass[] {
  return workspaceFiles(...SOURCES).flatMap((file) => readErrorClasses(file, readText(file)));
}

/** The classes of a source file whose name ends in `Error`. */
export function readErrorClasses(file: string, text: string): ErrorClass[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isClassDeclaration).flatMap((declaration) => {
    const name = declaration.name?.text ?? '';
    if (!name.endsWith('Error') || declaration.heritageClauses === undefined) return [];
    return [
      { name, file, ...modifiersOf(declaration), code: codeOf(declaration), ...docOf(declaration) },
    ];
  });
}

function modifiersOf(declaration: ts.ClassDeclaration) {
  const has = (kind: ts.SyntaxKind) =>
    ts.getModifiers(declaration)?.some((modifier) => modifier.kind === kind) ?? false;
  return {
    isExported: has(ts.SyntaxKind.ExportKeyword),
    isAbstract: has(ts.SyntaxKind.AbstractKeyword),
  };
}

function codeOf({ members }: ts.ClassDeclaration): string | undefined {
  const property = members.find(
    (member) => ts.isPropertyDeclaration(member) && member.name.getText() === 'code',
  );
  const value = property && ts.isPropertyDeclaration(property) ? property.initializer : undefined;
  return value && ts.isStringLiteralLike(value) ? value.text : undefined;
}

function docOf(declaration: ts.ClassDeclaration): Pick<ErrorClass, 'when' | 'toDo' | 'group'> {
  const doc = ts.getJSDocCommentsAndTags(declaration).find(ts.isJSDoc);
  const paragraphs = (ts.getTextOfJSDocComment(doc?.comment) ?? '')
    .replace(/\{@link (\w+)[^}]*\}/g, '`$1`')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().replace(/\s+/g, ' '));
  const toDo = paragraphs.find((paragraph) => paragraph.startsWith('To do:'));
  const group = ts.getJSDocTags(declaration).find(({ tagName }) => tagName.text === 'group');
  return {
    when: paragraphs[0] ?? '',
    toDo: toDo?.slice('To do:'.length).trim() ?? '',
    group: ts.getTextOfJSDocComment(group?.comment)?.trim() ?? '',
  };
}
