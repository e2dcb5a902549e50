import ts from 'typescript';

/** A name that a file imports: `import { imported as local } from 'specifier'`. */
export interface ImportedName {
  specifier: string;
  imported: string;
}

/**
 * A syntax tree of one file. Neither types nor other files are looked at, so that reading some
 * hundred files takes milliseconds.
 */
export function parseSource(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
}

/** What each imported identifier of a file stands for. A namespace import stands for `*`. */
export function importedNames(source: ts.SourceFile): Map<string, ImportedName> {
  const names = new Map<string, ImportedName>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    if (!ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const specifier = statement.moduleSpecifier.text;
    const bindings = statement.importClause?.namedBindings;
    if (bindings && ts.isNamespaceImport(bindings)) {
      names.set(bindings.name.text, { specifier, imported: '*' });
    } else if (bindings) {
      for (const { name, propertyName } of bindings.elements) {
        names.set(name.text, { specifier, imported: (propertyName ?? name).text });
      }
    }
  }
  return names;
}

/** The arguments of `callee(...)` if that is what the expression is. */
export function argumentsOfCall(
  expression: ts.Expression | undefined,
  callee: string,
  names: Map<string, ImportedName>,
): readonly ts.Expression[] | undefined {
  if (!expression || !ts.isCallExpression(expression)) return undefined;
  return resolveName(expression.expression, names)?.imported === callee
    ? expression.arguments
    : undefined;
}

/** Follows `name` or `namespace.name` to its import. */
export function resolveName(
  expression: ts.Expression | undefined,
  names: Map<string, ImportedName>,
): ImportedName | undefined {
  if (!expression) return undefined;
  if (ts.isIdentifier(expression)) {
    const name = names.get(expression.text);
    return name?.imported === '*' ? undefined : name;
  }
  if (ts.isPropertyAccessExpression(expression) && ts.isIdentifier(expression.expression)) {
    const namespace = names.get(expression.expression.text);
    if (namespace?.imported !== '*') return undefined;
    return { specifier: namespace.specifier, imported: expression.name.text };
  }
  return undefined;
}

export function isExported(node: ts.HasModifiers): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** The value of a property, if the expression is an object that has it written out. */
export function propertyOf(object: ts.Expression, key: string): ts.Expression | undefined {
  if (!ts.isObjectLiteralExpression(object)) return undefined;
  for (const property of object.properties) {
    const { name } = property;
    if (!name || !(ts.isIdentifier(name) || ts.isStringLiteral(name)) || name.text !== key)
      continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
  }
  return undefined;
}
