import ts from 'typescript';
import type { FileRead } from './file-calls';
import { readFileCalls } from './file-calls';

/** What a module takes from another one. `'*'` is everything. */
export interface ModuleImport {
  specifier: string;
  names: string[];
  line: number;
  /** Whether a comment hides it from Nx, which then knows nothing of this dependency. */
  isHidden: boolean;
  /** `await import()` that runs whenever the module does: its target is loaded with the module. */
  isAwaited?: boolean;
}

/** `export { local as exported } from 'specifier'`. `*` exports everything under its own name. */
export interface ModuleReExport {
  specifier: string;
  exported: string;
  imported: string;
  line: number;
  isHidden: boolean;
}

/** An `import` or `require` whose target is known only when the program runs. */
export interface ComputedImport {
  text: string;
  line: number;
}

/** The imports and exports in the text of one module. Types are left out: they are not bundled. */
export interface ModuleSyntax {
  imports: ModuleImport[];
  reExports: ModuleReExport[];
  /** The names that it exports and that are its own. */
  exports: Set<string>;
  computed: ComputedImport[];
  reads: FileRead[];
  /** Whether it may have re-exports: then it matters which of its names are imported. */
  mayReExport: boolean;
  /** Whether it may import types by name, from modules that are loaded all the same. */
  mayNameTypes: boolean;
}

/** Reading comments would take a tenth of the time. */
const SYNTAX = {
  languageVersion: ts.ScriptTarget.Latest,
  jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
} as const;

/** Whether there may be a call that {@link readCalls} looks for. */
export const MAY_CALL = /require|\bimport\s*(?:\(|\/[*/])/i;

/** All of it, of one module. */
export type ParsedSyntax = Omit<ModuleSyntax, 'mayReExport' | 'mayNameTypes'>;

/** Reads one module. Neither types nor other files are looked at. */
export function parseModule(path: string, text: string): ParsedSyntax {
  const source = ts.createSourceFile(path, text, SYNTAX, true);
  const syntax: ParsedSyntax = {
    imports: [],
    reExports: [],
    exports: new Set(),
    computed: [],
    reads: readFileCalls(source),
  };
  for (const statement of source.statements) readStatement(statement, source, syntax);
  if (MAY_CALL.test(text)) readCalls(source, source, syntax);
  return syntax;
}

function readStatement(
  statement: ts.Statement,
  source: ts.SourceFile,
  { imports, reExports, exports }: ParsedSyntax,
): void {
  const place = placeOf(statement, source);
  if (ts.isImportDeclaration(statement)) {
    const names = namesOf(statement.importClause);
    const specifier = textOf(statement.moduleSpecifier);
    if (names && specifier !== undefined) imports.push({ specifier, names, ...place });
  } else if (ts.isExportDeclaration(statement)) {
    if (statement.isTypeOnly) return;
    const specifier = textOf(statement.moduleSpecifier);
    for (const { exported, imported } of exportedNames(statement)) {
      if (specifier === undefined) exports.add(exported);
      else reExports.push({ specifier, exported, imported, ...place });
    }
  } else if (ts.isExportAssignment(statement)) {
    exports.add('default');
  } else if (hasModifier(statement, ts.SyntaxKind.ExportKeyword)) {
    const isDefault = hasModifier(statement, ts.SyntaxKind.DefaultKeyword);
    for (const name of isDefault ? ['default'] : declaredNames(statement)) exports.add(name);
  }
}

/** `undefined` for an import of types only. A bare `import 'x'` takes no name, but runs the module. */
function namesOf(clause: ts.ImportClause | undefined): string[] | undefined {
  if (!clause) return [];
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return undefined;
  const names = clause.name ? ['default'] : [];
  const bindings = clause.namedBindings;
  if (!bindings) return names;
  if (ts.isNamespaceImport(bindings)) return [...names, '*'];
  const values = bindings.elements.filter(({ isTypeOnly }) => !isTypeOnly);
  const isOnlyTypes = values.length === 0 && bindings.elements.length > 0 && names.length === 0;
  if (isOnlyTypes) return undefined;
  return [...names, ...values.map(({ name, propertyName }) => (propertyName ?? name).text)];
}

function exportedNames({ exportClause }: ts.ExportDeclaration): {
  exported: string;
  imported: string;
}[] {
  if (!exportClause) return [{ exported: '*', imported: '*' }];
  if (ts.isNamespaceExport(exportClause)) {
    return [{ exported: exportClause.name.text, imported: '*' }];
  }
  return exportClause.elements
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .map(({ name, propertyName }) => ({
      exported: name.text,
      imported: (propertyName ?? name).text,
    }));
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => bindingNames(name));
  }
  const isNamed =
    ts.isClassDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

function bindingNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : bindingNames(element.name),
  );
}

/** `import()`, `require()` and `createRequire()`, wherever they stand. */
function readCalls(node: ts.Node, source: ts.SourceFile, syntax: ParsedSyntax): void {
  if (ts.isCallExpression(node)) readCall(node, source, syntax);
  node.forEachChild((child) => {
    readCalls(child, source, syntax);
  });
}

function readCall(
  call: ts.CallExpression,
  source: ts.SourceFile,
  { imports, computed }: ParsedSyntax,
): void {
  const callee = call.expression.getText(source);
  const isImport = call.expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = callee === 'require' || callee === 'module.require';
  const isCreateRequire = callee === 'createRequire' || callee.endsWith('.createRequire');
  if (!isImport && !isRequire && !isCreateRequire) return;
  const place = placeOf(call, source);
  const { line } = place;
  if (isImport || isRequire) {
    const specifier = textOf(call.arguments[0]);
    if (specifier === undefined) computed.push({ text: call.getText(source), line });
    else
      imports.push({
        specifier,
        names: ['*'],
        ...place,
        ...(isAwaited(call) && { isAwaited: true }),
      });
  } else {
    // What the function it returns loads is as invisible as a computed target.
    computed.push({ text: call.getText(source), line });
  }
}

/** Whether a call is awaited at the top level of its module, and under no condition. */
function isAwaited(call: ts.CallExpression): boolean {
  if (!ts.isAwaitExpression(call.parent)) return false;
  for (let node: ts.Node = call.parent; !ts.isSourceFile(node); node = node.parent) {
    const isAlways =
      ts.isExpression(node) ||
      ts.isVariableDeclaration(node) ||
      ts.isVariableDeclarationList(node) ||
      ts.isVariableStatement(node) ||
      ts.isExpressionStatement(node);
    if (!isAlways || ts.isFunctionLike(node) || ts.isConditionalExpression(node)) return false;
    if (ts.isBinaryExpression(node) || ts.isClassExpression(node)) return false;
  }
  return true;
}

function textOf(node: ts.Expression | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((m) => m.kind === kind) ?? false)
  );
}

function placeOf(node: ts.Node, source: ts.SourceFile): { line: number; isHidden: boolean } {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  const lineBefore = source.text.split('\n', line)[line - 1] ?? '';
  return { line: line + 1, isHidden: lineBefore.includes('nx-ignore-next-line') };
}
