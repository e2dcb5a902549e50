import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import ts from 'typescript';
import type { NpmPackage } from './npm-package';
import { packageOfFile } from './npm-package';
import type { DerivedPath } from './files/own-location';
import { derivedPaths } from './files/own-location';

/**
 * Packages that ask where they lie, and work in a bundle all the same. Seen in their sources; any other
 * package is listed in the build option `include`.
 */
const WORK_IN_A_BUNDLE: Readonly<Record<string, string>> = {
  bullmq: 'starts a file of its own only for a processor that is given as a path',
  ioredis: 'leaves its own files out of a stack trace',
  msgpackr: 'requires an optional package by its name',
};

const MENTION = /__dirname|__filename|import\.meta|require\.resolve/;

/**
 * The bundled packages that look for a file beside themselves, or start one: there is none in a bundle.
 * The value says where they do it. What stands in a `try` block is expected to fail.
 *
 * @param harmless files that need not be looked at again; those found to be so are added
 */
export function locationReaders(
  { outputs }: Metafile,
  workspaceRoot: string,
  harmless: Set<string>,
): Map<NpmPackage, string> {
  const found = new Map<NpmPackage, string>();
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  for (const [input, { bytesInOutput }] of inputs) {
    if (bytesInOutput === 0 || harmless.has(input) || !/\.[cm]?js$/.test(input)) continue;
    const file = resolve(workspaceRoot, input);
    const npmPackage = packageOfFile(file);
    if (!npmPackage || found.has(npmPackage) || WORK_IN_A_BUNDLE[npmPackage.name]) continue;
    const text = readFileSync(file, 'utf8');
    const use = MENTION.test(text) ? firstUse(file, text) : undefined;
    if (!use) {
      harmless.add(input);
      continue;
    }
    const path = file.slice(npmPackage.folder.length + 1);
    found.set(npmPackage, `${path}:${use.line} looks for a file beside itself: ${use.text}`);
  }
  return found;
}

function firstUse(file: string, text: string): { line: number; text: string } | undefined {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const nodes = [
    ...derivedPaths(source, file)
      .filter(looksForFile)
      .map(({ expression }) => expression),
    ...resolveCalls(source),
  ];
  const [first] = nodes.filter((node) => !isInTry(node)).sort((a, b) => a.pos - b.pos);
  if (!first) return undefined;
  const { line } = source.getLineAndCharacterOfPosition(first.getStart(source));
  return { line: line + 1, text: first.getText(source).replace(/\s+/g, ' ').slice(0, 60) };
}

function looksForFile({ expression, path, isWhole }: DerivedPath): boolean {
  const { parent } = expression;
  if (ts.isTypeOfExpression(parent)) return false;
  if (ts.isBinaryExpression(parent) && /^[!=]==?$/.test(parent.operatorToken.getText()))
    return false;
  // What is not there cannot be read there either.
  return !isWhole || existsSync(path);
}

/** `require.resolve()`: of a file, or of a package that may not be installed beside the bundle. */
function resolveCalls(source: ts.SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === 'require.resolve') {
      found.push(node);
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function isInTry(node: ts.Node): boolean {
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isFunctionLike(at)) return false;
    if (ts.isTryStatement(at.parent) && at.parent.tryBlock === at) return true;
  }
  return false;
}
