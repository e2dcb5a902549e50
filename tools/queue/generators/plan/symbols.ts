import ts from 'typescript';
import { parseSource } from '../../workspace/parse-source';
import type { TextEdit } from './text-edits';
import { absolute, relative, type Sources, WorkspaceHost } from './workspace-host';

/** Where a name of a file is used. */
export interface SymbolUse {
  from: string;
  line: number;
}

/**
 * The names of some files and where they are used, as the compiler sees them: through barrels, aliases and namespaces, and
 * not where another thing has the same name. Packages are not looked into.
 */
export class Symbols {
  private readonly service: ts.LanguageService;

  /** @param files all that may use the names; those that they import are read too */
  constructor(
    private readonly workspace: Sources,
    files: readonly string[],
  ) {
    this.service = ts.createLanguageService(new WorkspaceHost(workspace, files));
  }

  /** The top-level names that a file declares, exported or not. */
  declared(file: string): string[] {
    return [...this.declarations(file).keys()];
  }

  /** The names that a file exports itself. */
  exported(file: string): string[] {
    return [...this.declarations(file)]
      .filter(([, { isExported }]) => isExported)
      .map(([name]) => name);
  }

  /** Every use of a top-level name of a file, in any file. */
  uses(file: string, name: string): SymbolUse[] {
    const start = this.declarations(file).get(name)?.start;
    if (start === undefined) return [];
    const found = this.service.getReferencesAtPosition(absolute(file), start);
    return (found ?? []).map(({ fileName, textSpan }) => ({
      from: relative(fileName),
      line: this.source(relative(fileName)).getLineAndCharacterOfPosition(textSpan.start).line + 1,
    }));
  }

  /** The edits, by file, that give a top-level name of a file another one, wherever it is used. */
  rename(file: string, name: string, next: string): Map<string, TextEdit[]> {
    const start = this.declarations(file).get(name)?.start;
    const edits = new Map<string, TextEdit[]>();
    if (start === undefined) return edits;
    const found =
      this.service.findRenameLocations(absolute(file), start, false, false, {
        providePrefixAndSuffixTextForRename: false,
      }) ?? [];
    for (const { fileName, textSpan } of found) {
      const path = relative(fileName);
      const edit = this.renameAt(path, textSpan, name, next);
      edits.set(path, [...(edits.get(path) ?? []), edit]);
    }
    return edits;
  }

  /** Whether a file has a variable, a function, a class or a type of this name, or imports one. */
  binds(file: string, name: string): boolean {
    const find = (node: ts.Node): boolean =>
      (ts.isIdentifier(node) && node.text === name && isBinding(node)) ||
      (ts.forEachChild(node, (child) => find(child) || undefined) ?? false);
    return find(this.source(file));
  }

  /** The property in `{ emailJob }` keeps its name: `{ emailJob: mailJob }`. The other way round it becomes shorter. */
  private renameAt(
    file: string,
    { start, length }: ts.TextSpan,
    name: string,
    next: string,
  ): TextEdit {
    const end = start + length;
    const parent = this.identifierAt(file, start)?.parent;
    if (parent && ts.isShorthandPropertyAssignment(parent)) {
      return { start, end, text: `${name}: ${next}` };
    }
    const isSame =
      parent &&
      ts.isPropertyAssignment(parent) &&
      parent.initializer.getStart() === start &&
      parent.name.getText() === next;
    return isSame ? { start: parent.name.getStart(), end, text: next } : { start, end, text: next };
  }

  private identifierAt(file: string, position: number): ts.Identifier | undefined {
    const find = (node: ts.Node): ts.Identifier | undefined =>
      ts.isIdentifier(node) && node.getStart() === position
        ? node
        : ts.forEachChild(node, (child) =>
            child.pos <= position && position < child.end ? find(child) : undefined,
          );
    return find(this.source(file));
  }

  /** Without a program, which would read everything that the file imports. */
  private declarations(file: string): Map<string, { start: number; isExported: boolean }> {
    const found = new Map<string, { start: number; isExported: boolean }>();
    const source = parseSource(file, this.workspace.files.read(file, 'utf-8') ?? '');
    for (const statement of source.statements) {
      const isExported =
        ts.canHaveModifiers(statement) &&
        (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      const names = ts.isVariableStatement(statement)
        ? statement.declarationList.declarations.map(({ name }) => name)
        : [(statement as Partial<ts.DeclarationStatement>).name];
      for (const node of names) {
        if (node && ts.isIdentifier(node)) {
          found.set(node.text, { start: node.getStart(source), isExported });
        }
      }
    }
    return found;
  }

  private source(file: string): ts.SourceFile {
    const source = this.service.getProgram()?.getSourceFile(absolute(file));
    if (!source) throw new Error(`${file} is not part of the program.`);
    return source;
  }
}

/** Whether it declares something by its name, as opposed to a property, which no other thing can clash with. */
function isBinding({ parent, text }: ts.Identifier): boolean {
  const declares =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isClassDeclaration(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isEnumDeclaration(parent) ||
    ts.isImportClause(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isNamespaceImport(parent);
  return declares && parent.name?.getText() === text;
}
