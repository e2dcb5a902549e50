import { posix } from 'node:path';
import ts from 'typescript';
import type { QueueWorkspace } from '../../workspace/index';
import { importedNames, propertyOf, unwrap } from '../../workspace/parse-source';

type Declaration =
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.EnumDeclaration
  | ts.ClassDeclaration
  | ts.VariableDeclaration;

/** A declaration, and the file that has it. */
export interface Declared<Node extends ts.Node = Declaration> {
  node: Node;
  file: string;
}

/** How far a name is followed through files that re-export it. */
const DEEPEST = 5;

/** Finds what the names in sources stand for, by syntax alone. */
export class Declarations {
  private readonly sources = new Map<string, ts.SourceFile>();

  constructor(private readonly workspace: QueueWorkspace) {}

  sourceOf(file: string): ts.SourceFile {
    const known = this.sources.get(file);
    if (known !== undefined) return known;
    const text = this.workspace.files.read(file, 'utf-8') ?? '';
    // With parents: usages are judged by what stands around them.
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
    this.sources.set(file, source);
    return source;
  }

  /** The declaration of a name in a file, its own or one that it imports or re-exports. */
  find(name: string, file: string, depth = 0): Declared | undefined {
    const source = this.sourceOf(file);
    for (const statement of source.statements) {
      const own = declarationIn(statement, name);
      if (own) return { node: own, file };
    }
    if (depth >= DEEPEST) return undefined;
    const imported = importedNames(source).get(name);
    const from = imported && this.workspace.imports.fileFor(imported.specifier, file);
    if (imported && from !== undefined) return this.find(imported.imported, from, depth + 1);
    return this.reExported(name, source, depth);
  }

  private reExported(name: string, source: ts.SourceFile, depth: number): Declared | undefined {
    for (const statement of source.statements) {
      if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) continue;
      const specifier = statement.moduleSpecifier;
      const file =
        ts.isStringLiteral(specifier) &&
        this.workspace.imports.fileFor(specifier.text, source.fileName);
      if (file === false || file === undefined) continue;
      const found = this.find(name, file, depth + 1);
      if (found) return found;
    }
    return undefined;
  }

  /** The string that an expression stands for: a literal, a constant, a member of an object or an enum. */
  stringOf(expression: ts.Expression | undefined, file: string): string | undefined {
    const inner = expression && unwrap(expression);
    if (inner === undefined) return undefined;
    if (ts.isStringLiteralLike(inner)) return inner.text;
    if (ts.isIdentifier(inner)) {
      const found = this.find(inner.text, file);
      if (found === undefined || !ts.isVariableDeclaration(found.node)) return undefined;
      return this.stringOf(found.node.initializer, found.file);
    }
    if (!ts.isPropertyAccessExpression(inner) || !ts.isIdentifier(inner.expression)) {
      return undefined;
    }
    const found = this.find(inner.expression.text, file);
    return found && this.stringOf(memberOf(found.node, inner.name.text), found.file);
  }

  /** The file of the workspace that an import leads to. */
  fileOf(specifier: string, importer: string): string | undefined {
    return this.workspace.imports.fileFor(specifier, importer);
  }

  /** How a file imports another one: by its import path, or else relative to it, with the ending that is wanted. */
  specifierBetween(from: string, to: string, ending: string): string {
    const path = posix.relative(posix.dirname(from), to).replace(/\.tsx?$/, ending);
    return this.workspace.imports.specifierFor(to) ?? (path.startsWith('.') ? path : `./${path}`);
  }
}

function memberOf(node: Declaration, name: string): ts.Expression | undefined {
  if (ts.isEnumDeclaration(node)) {
    return node.members.find((member) => member.name.getText() === name)?.initializer;
  }
  return ts.isVariableDeclaration(node) && node.initializer
    ? propertyOf(node.initializer, name)
    : undefined;
}

function declarationIn(statement: ts.Statement, name: string): Declaration | undefined {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.find(
      (declaration) => ts.isIdentifier(declaration.name) && declaration.name.text === name,
    );
  }
  const isNamed =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isClassDeclaration(statement);
  return isNamed && statement.name?.text === name ? statement : undefined;
}

/** All nodes below a node, and itself. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}
