import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/** A path, as far as a source writes it out. */
export interface PathValue {
  /** Absolute. What follows the last `/` before a computed part is not in it. */
  path: string;
  /** Whether all of it is written out; otherwise `path` is the folder in which the rest is looked up. */
  isWhole: boolean;
  /** Whether it names a folder by its `/` at the end. */
  isFolder: boolean;
  /** The last text that is part of it. */
  lastText: ts.StringLiteralLike | undefined;
}

/** A text that is written out, or `undefined` for a part that is computed. */
type Part = string | ts.StringLiteralLike | undefined;

export function textParts(node: ts.Expression): Part[] {
  if (ts.isStringLiteralLike(node)) return [node];
  if (ts.isTemplateExpression(node)) return templateParts(node);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return [...textParts(node.left), ...textParts(node.right)];
  }
  return [undefined];
}

export function templateParts({ head, templateSpans }: ts.TemplateExpression): Part[] {
  return [head.text, ...templateSpans.flatMap(({ literal }) => [undefined, literal.text])].slice(
    head.text === '' ? 1 : 0,
  );
}

/** The path with these parts after it; nothing can be told of what follows a computed one. */
export function append(value: PathValue, parts: readonly Part[]): PathValue {
  if (!value.isWhole) return value;
  let text = '';
  let { lastText } = value;
  for (const part of parts) {
    if (part === undefined) {
      const end = text.lastIndexOf('/');
      const path = end < 0 ? dirname(value.path) : join(value.path, text.slice(0, end));
      return { path, isWhole: false, isFolder: true, lastText };
    }
    if (typeof part !== 'string') lastText = part;
    text += typeof part === 'string' ? part : part.text;
  }
  // Of two absolute paths `resolve` takes the second one, which no own location leads to.
  const path = text.startsWith('/') ? join(value.path, text) : resolve(value.path + text);
  return { path: trimEnd(path), isWhole: true, isFolder: text.endsWith('/'), lastText };
}

function trimEnd(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
