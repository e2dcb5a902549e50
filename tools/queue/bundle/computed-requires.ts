import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import ts from 'typescript';
import type { NpmPackage } from './npm-package';
import { dependencyKind, findPackage, packageNameOf, packageOfFile } from './npm-package';

/** A package that another one may load by a name that it computes. */
export interface ComputedRequire {
  loaded: NpmPackage;
  /** Which package loads it, and where. */
  reason: string;
}

/** Seen in its sources. */
const NEED_NONE: Readonly<Record<string, string>> = {
  typeorm: 'takes its driver as an option (`driver`), and then loads none',
};

/** A call that a literal does not follow. A text has it too; the syntax tree decides. */
const MENTION = /\b(?:require|import)\s*\(\s*[^\s'"`)]/;

/**
 * What bundled packages load by a computed name, as an ORM loads the driver of its dialect: by such a name nothing
 * is found in a bundle, only beside it.
 *
 * Only what the application has chosen counts: an optional dependency that the workspace declares, and that no
 * file of the package requires by its name.
 *
 * @param declared the names in `dependencies` of the workspace's package.json
 */
export function computedRequires(
  { inputs }: Metafile,
  workspaceRoot: string,
  declared: readonly string[],
): ComputedRequire[] {
  const files = new Map<NpmPackage, string[]>();
  for (const input of Object.keys(inputs)) {
    const npmPackage = packageOfFile(join(workspaceRoot, input));
    if (!npmPackage || NEED_NONE[npmPackage.name]) continue;
    files.set(npmPackage, [...(files.get(npmPackage) ?? []), input]);
  }
  return [...files].flatMap(([npmPackage, own]) => {
    const { name: by, folder, manifest } = npmPackage;
    const optional = declared.filter((name) => dependencyKind(manifest, name) === 'optional');
    if (optional.length === 0) return [];
    const named = new Set(
      own
        .flatMap((file) => inputs[file]?.imports ?? [])
        .map(({ path, original = path }) => packageNameOf(original)),
    );
    const found = optional
      .filter((name) => !named.has(name))
      .flatMap((name) => findPackage(name, folder) ?? []);
    const where = found.length > 0 ? firstOf(own, npmPackage, workspaceRoot) : undefined;
    if (where === undefined) return [];
    const reason = `${by} may load it, by a computed name (${where})`;
    return found.map((loaded) => ({ loaded, reason }));
  });
}

function firstOf(
  inputs: readonly string[],
  { folder }: NpmPackage,
  workspaceRoot: string,
): string | undefined {
  for (const input of inputs) {
    const file = join(workspaceRoot, input);
    const text = readFileSync(file, 'utf8');
    const call = MENTION.test(text) ? computedCall(file, text) : undefined;
    if (call !== undefined) return `${file.slice(folder.length + 1)}:${call}`;
  }
  return undefined;
}

/** The line of the first such call. */
function computedCall(file: string, text: string): number | undefined {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const find = (node: ts.Node): ts.Node | undefined =>
    isComputed(node, source) ? node : node.forEachChild(find);
  const found = find(source);
  return found && source.getLineAndCharacterOfPosition(found.getStart(source)).line + 1;
}

function isComputed(node: ts.Node, source: ts.SourceFile): boolean {
  if (!ts.isCallExpression(node)) return false;
  const {
    expression,
    arguments: [argument],
  } = node;
  const isLoad =
    expression.kind === ts.SyntaxKind.ImportKeyword || expression.getText(source) === 'require';
  return isLoad && argument !== undefined && !ts.isStringLiteralLike(argument);
}
