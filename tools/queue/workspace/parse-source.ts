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
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const options = {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  } as const;
  return ts.createSourceFile(path, text, options, false, kind);
}

/** What each imported identifier of a file stands for. A namespace stands for `*`, `import x from` for `default`. */
export function importedNames(source: ts.SourceFile): Map<string, ImportedName> {
  const names = new Map<string, ImportedName>();
  for (const statement of source.statements) {
    if (ts.isImportEqualsDeclaration(statement)) {
      const specifier = requiredBy(statement);
      if (specifier !== undefined) names.set(statement.name.text, { specifier, imported: '*' });
      continue;
    }
    if (!ts.isImportDeclaration(statement)) continue;
    if (!ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const specifier = statement.moduleSpecifier.text;
    const { name: byDefault, namedBindings: bindings } = statement.importClause ?? {};
    if (byDefault) names.set(byDefault.text, { specifier, imported: 'default' });
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

/** `import queue = require('…')`. */
function requiredBy({ moduleReference }: ts.ImportEqualsDeclaration): string | undefined {
  const specifier = ts.isExternalModuleReference(moduleReference) && moduleReference.expression;
  return specifier && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

/** An expression without what only the compiler reads: brackets, `as`, `satisfies`, `!`. */
export function unwrap(expression: ts.Expression): ts.Expression {
  let inner = expression;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isSatisfiesExpression(inner) ||
    ts.isNonNullExpression(inner) ||
    ts.isTypeAssertionExpression(inner)
  ) {
    inner = inner.expression;
  }
  return inner;
}

/** The arguments of `callee(...)` if that is what the expression is. */
export function argumentsOfCall(
  expression: ts.Expression | undefined,
  callee: string,
  names: Map<string, ImportedName>,
): readonly ts.Expression[] | undefined {
  const call = expression && unwrap(expression);
  if (!call || !ts.isCallExpression(call)) return undefined;
  return resolveName(unwrap(call.expression), names)?.imported === callee
    ? call.arguments
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

/** In which line a node begins, from 1. */
export function lineOf(node: ts.Node, source: ts.SourceFile): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** The value of a property, if the expression is an object that has it written out. */
export function propertyOf(object: ts.Expression, key: string): ts.Expression | undefined {
  const literal = unwrap(object);
  if (!ts.isObjectLiteralExpression(literal)) return undefined;
  for (const property of literal.properties) {
    if (!property.name || textOfName(property.name) !== key) continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
  }
  return undefined;
}

function textOfName(name: ts.PropertyName): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return name.text;
  if (!ts.isComputedPropertyName(name)) return undefined;
  const computed = unwrap(name.expression);
  return ts.isStringLiteralLike(computed) ? computed.text : undefined;
}
