import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** A call that asks for the place of a file beside the module: `require.resolve('./child')`. */
export interface ResolveCall {
  expression: ts.CallExpression;
  /** Absolute, as far as it is known without looking. */
  path: string;
  /** The file that is found there; `undefined` if there is none. */
  target: string | undefined;
  /** Whether the answer is a URL. */
  isUrl: boolean;
}

/** What `require` completes. */
const ENDINGS = ['', '.js', '.json', '.ts', '.tsx', '.cjs', '.mjs', '.cts', '.mts'];

export function mayResolve(text: string): boolean {
  return /\b(?:require|import\.meta)\.resolve\b/.test(text);
}

/**
 * The calls of `require.resolve` and `import.meta.resolve` for a file beside the module, by a path that is written
 * out. In a bundle they would look beside that.
 *
 * @param file absolute
 */
export function resolveCalls(source: ts.SourceFile, file: string): ResolveCall[] {
  const found: ResolveCall[] = [];
  const visit = (node: ts.Node): void => {
    const call = ts.isCallExpression(node) ? readCall(node, source, file) : undefined;
    if (call) found.push(call);
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function readCall(
  node: ts.CallExpression,
  source: ts.SourceFile,
  file: string,
): ResolveCall | undefined {
  const called = node.expression.getText(source);
  if (called !== 'require.resolve' && called !== 'import.meta.resolve') return undefined;
  const [argument] = node.arguments;
  if (!argument || !ts.isStringLiteralLike(argument) || !/^\.\.?\//.test(argument.text)) {
    return undefined;
  }
  const path = join(dirname(file), argument.text);
  return { expression: node, path, target: resolve(path), isUrl: called !== 'require.resolve' };
}

function resolve(path: string): string | undefined {
  // TypeScript names a source by what it is compiled to.
  const source = path.replace(/\.([cm]?)js$/, '.$1ts');
  const candidates = [
    ...ENDINGS.map((ending) => path + ending),
    source,
    ...ENDINGS.slice(1).map((ending) => join(path, `index${ending}`)),
  ];
  return candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
}
