import { dirname } from 'node:path';
import ts from 'typescript';
import type { PathValue } from './path-value';
import { append, templateParts, textParts } from './path-value';

/** A place in a source where the module asks where it lies: `__dirname`, `import.meta.url` and the like. */
export type LocationNode = ts.Identifier | ts.PropertyAccessExpression;

/** A path that a source derives from its own location, as far as it is written out. */
export interface DerivedPath extends PathValue {
  /** The mention of the own location that it is derived from. */
  mention: LocationNode;
  /** The whole expression. */
  expression: ts.Node;
}

/** Whether a text may ask where it lies. Most do not, and need not be parsed. */
export function mayUseOwnLocation(text: string): boolean {
  return /__dirname|__filename|import\.meta/.test(text);
}

/**
 * Every path that a module derives from its own location. Constants are followed, also those of a
 * package that declares `__dirname` for itself; parameters, properties and exports are not.
 *
 * @param file absolute
 */
export function derivedPaths(source: ts.SourceFile, file: string): DerivedPath[] {
  const identifiers = identifiersOf(source);
  const isDeclared = (name: string): boolean =>
    identifiers.get(name)?.some(({ parent }) => isNameOf(parent, name)) ?? false;
  const found: DerivedPath[] = [];
  const seen = new Set<ts.Node>();

  const follow = (mention: LocationNode, from: ts.Expression, at: PathValue): void => {
    if (seen.has(from)) return;
    seen.add(from);
    const { expression, value } = derive(from, at);
    const declaration = expression.parent;
    if (ts.isVariableDeclaration(declaration) && ts.isIdentifier(declaration.name)) {
      const { name } = declaration;
      const uses = (identifiers.get(name.text) ?? []).filter((use) => isUse(use, declaration));
      for (const use of uses) follow(mention, use, value);
      if (uses.length > 0 && !isExported(declaration)) return;
    }
    found.push({ mention, expression, ...value });
  };

  const visit = (node: ts.Node): void => {
    const start = ownLocation(node, file, isDeclared);
    if (start !== undefined) {
      const value = { path: start, isWhole: true, isFolder: false, lastText: undefined };
      follow(node as LocationNode, node as LocationNode, value);
      return;
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function ownLocation(
  node: ts.Node,
  file: string,
  isDeclared: (name: string) => boolean,
): string | undefined {
  if (ts.isIdentifier(node)) {
    if (node.text !== '__dirname' && node.text !== '__filename') return undefined;
    if (isDeclared(node.text) || !isRead(node)) return undefined;
    return node.text === '__dirname' ? dirname(file) : file;
  }
  if (!ts.isPropertyAccessExpression(node) || !ts.isMetaProperty(node.expression)) return undefined;
  if (node.name.text === 'dirname') return dirname(file);
  return node.name.text === 'url' || node.name.text === 'filename' ? file : undefined;
}

/** Goes outwards from an expression as long as what stands around it makes another path of it. */
function derive(
  from: ts.Expression,
  at: PathValue,
): { expression: ts.Expression; value: PathValue } {
  let expression = from;
  let value = at;
  for (;;) {
    const next = step(expression, value);
    if (!next) return { expression, value };
    ({ expression, value } = next);
  }
}

/** Functions that return the same place in another form. */
const SAME_PLACE = new Set([
  'fileURLToPath',
  'pathToFileURL',
  'normalize',
  'String',
  'realpathSync',
]);
const SAME_PLACE_PROPERTIES = new Set(['href', 'pathname', 'toString']);

function step(
  expression: ts.Expression,
  value: PathValue,
): { expression: ts.Expression; value: PathValue } | undefined {
  const { parent } = expression;
  if (
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isNonNullExpression(parent) ||
    ts.isSatisfiesExpression(parent)
  ) {
    return { expression: parent, value };
  }
  if (ts.isPropertyAccessExpression(parent) && parent.expression === expression) {
    return SAME_PLACE_PROPERTIES.has(parent.name.text) ? { expression: parent, value } : undefined;
  }
  if (ts.isCallExpression(parent)) {
    if (parent.expression === expression) return { expression: parent, value };
    return parent.arguments[0] === expression ? call(parent, value) : undefined;
  }
  if (ts.isNewExpression(parent)) return url(parent, expression, value);
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    if (parent.left !== expression) return undefined;
    return { expression: parent, value: append(value, textParts(parent.right)) };
  }
  if (ts.isTemplateSpan(parent)) {
    const template = parent.parent;
    const isFirst = template.templateSpans[0] === parent && template.head.text === '';
    if (!isFirst) return undefined;
    return { expression: template, value: append(value, templateParts(template).slice(1)) };
  }
  return undefined;
}

function call(
  node: ts.CallExpression,
  value: PathValue,
): { expression: ts.Expression; value: PathValue } | undefined {
  const name = calledName(node.expression);
  if (SAME_PLACE.has(name)) return { expression: node, value };
  if (name === 'dirname') {
    return { expression: node, value: { ...value, path: dirname(value.path), isFolder: false } };
  }
  if (name !== 'join' && name !== 'resolve') return undefined;
  const parts = node.arguments.slice(1).flatMap((argument) => ['/', ...textParts(argument)]);
  return { expression: node, value: append(value, parts) };
}

/** `new URL(path, base)` and `new URL(base)`. */
function url(
  node: ts.NewExpression,
  base: ts.Expression,
  value: PathValue,
): { expression: ts.Expression; value: PathValue } | undefined {
  if (calledName(node.expression) !== 'URL') return undefined;
  const [path, second] = node.arguments ?? [];
  if (path === base) return { expression: node, value };
  if (second !== base || !path) return undefined;
  const folder = value.isFolder ? value.path : dirname(value.path);
  const at = { ...value, path: folder };
  return { expression: node, value: append(at, ['/', ...textParts(path)]) };
}

/** `join` of `path.join`. */
function calledName(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  // Compiled code calls what it imports as `(0, path_1.join)(…)`.
  if (ts.isParenthesizedExpression(expression)) return calledName(expression.expression);
  if (ts.isBinaryExpression(expression)) return calledName(expression.right);
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : '';
}

function identifiersOf(source: ts.SourceFile): Map<string, ts.Identifier[]> {
  const found = new Map<string, ts.Identifier[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.set(node.text, [...(found.get(node.text) ?? []), node]);
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function isNameOf(node: ts.Node, name: string): boolean {
  const isNamed = ts.isVariableDeclaration(node) || ts.isParameter(node);
  return isNamed && ts.isIdentifier(node.name) && node.name.text === name;
}

/** Not the name of a property, as in `module.__dirname` or `{ __dirname: 1 }`. */
function isRead(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return !(ts.isPropertyAssignment(parent) && parent.name === node);
}

function isUse(node: ts.Identifier, declaration: ts.VariableDeclaration): boolean {
  return node !== declaration.name && isRead(node) && !isNameOf(node.parent, node.text);
}

function isExported({ parent }: ts.VariableDeclaration): boolean {
  const statement = parent.parent;
  return (
    ts.isVariableStatement(statement) &&
    (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}
