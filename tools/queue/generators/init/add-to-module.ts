import ts from 'typescript';
import { importedNames, parseSource, propertyOf } from '../../workspace/parse-source';
import { type TextEdit, withEdits } from '../plan/text-edits';
import { moduleMetadata } from '../plan/nest-apps';

/** What a module imports, and the lines that its file imports for that. */
export interface ModuleImport {
  /** `QueueModule.forRoot(…)`. */
  expression: string;
  /** Names by the modules that they come from. */
  from: Readonly<Record<string, string>>;
}

/**
 * The text of a file with one more entry in `imports` of its `@Module`, as a person would add it: at the end of the list, and
 * the import lines after the last one.
 *
 * @returns undefined if the file has no such module, or its `imports` is not a list that is written out
 */
export function withModuleImport(
  file: string,
  text: string,
  className: string,
  { expression, from }: ModuleImport,
): string | undefined {
  const source = parseSource(file, text);
  const metadata = moduleMetadata(source, className);
  const edit = metadata && listEdit(source, metadata, expression);
  if (edit === undefined) return undefined;
  const present = importedNames(source);
  const lines = Object.entries(from)
    .filter(([, name]) => !present.has(name))
    .map(([specifier, name]) => importLine(source, name, specifier));
  const last = source.statements.findLast((statement) => ts.isImportDeclaration(statement));
  const start = last?.getEnd() ?? 0;
  const added = last ? lines.map((line) => `\n${line}`) : lines.map((line) => `${line}\n`);
  return withEdits(text, [edit, { start, end: start, text: added.join('') }]);
}

/** Whether a file imports something of a package already. */
export function importsFrom(file: string, text: string, specifier: string): boolean {
  return [...importedNames(parseSource(file, text)).values()].some(
    (name) => name.specifier === specifier,
  );
}

function listEdit(
  source: ts.SourceFile,
  metadata: ts.ObjectLiteralExpression,
  expression: string,
): TextEdit | undefined {
  const list = propertyOf(metadata, 'imports');
  if (list === undefined) {
    const start = metadata.getStart(source) + 1;
    const isEmpty = metadata.properties.length === 0;
    return { start, end: start, text: ` imports: [${expression}]${isEmpty ? ' ' : ','}` };
  }
  if (!ts.isArrayLiteralExpression(list)) return undefined;
  const { elements } = list;
  const last = elements.at(-1);
  if (last === undefined) {
    const start = list.getStart(source);
    return { start, end: list.getEnd(), text: `[${expression}]` };
  }
  const before = source.text.slice(0, last.getStart(source));
  // In a list with a line for each entry, a line.
  const indent = /\n([ \t]*)$/.exec(before)?.[1];
  const separator = indent === undefined ? ', ' : `,\n${indent}`;
  return { start: last.getEnd(), end: last.getEnd(), text: `${separator}${expression}` };
}

/** With the quotes and the semicolon of the other imports. */
function importLine(source: ts.SourceFile, name: string, specifier: string): string {
  const first = source.statements.find((statement) => ts.isImportDeclaration(statement));
  const text = first?.getText(source) ?? '';
  const quote = text.includes('"') ? '"' : "'";
  const end = first !== undefined && !text.endsWith(';') ? '' : ';';
  return `import { ${name} } from ${quote}${specifier}${quote}${end}`;
}
