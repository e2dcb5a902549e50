import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import ts from 'typescript';
import type { PackageManifest } from './npm-package';
import { packageOfFile } from './npm-package';
import { isOwnSource } from './own-source';

/** A package whose name stands as a text in a source of the workspace, and where. */
export interface NamedPackage {
  name: string;
  file: string;
  line: number;
}

/**
 * The packages that no source imports, but whose whole name is a text in one: a logger's transport, a
 * dialect. What they are named for loads them by that name.
 *
 * @param names those to look for: what `manifest` of the workspace declares
 */
export function namedPackages(
  { inputs, outputs }: Metafile,
  workspaceRoot: string,
  names: readonly string[],
): NamedPackage[] {
  const sources = new Set(Object.values(outputs).flatMap((output) => Object.keys(output.inputs)));
  const found = new Map<string, NamedPackage>();
  for (const file of sources) {
    if (!inputs[file] || !isOwnSource(file)) continue;
    const text = readFileSync(join(workspaceRoot, file), 'utf8');
    const candidates = names.filter((name) => !found.has(name) && isQuoted(text, name));
    if (candidates.length === 0) continue;
    for (const { name, line } of namesIn(file, text, candidates)) {
      if (!found.has(name)) found.set(name, { name, file, line });
    }
  }
  return [...found.values()];
}

/** The names in `dependencies`, or in `devDependencies`, of a package.json of the workspace. */
export function declaredNames(
  workspaceRoot: string,
  field: 'dependencies' | 'devDependencies',
): string[] {
  const path = join(workspaceRoot, 'package.json');
  // A manifest that a person wrote; the field may be missing.
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Partial<PackageManifest>;
  return Object.keys(manifest[field] ?? {});
}

/** The packages of which a bundle has a part, or which it imports from beside it. */
export function importedPackages(
  { inputs, outputs }: Metafile,
  workspaceRoot: string,
): Set<string> {
  const bundled = Object.keys(inputs).flatMap(
    (input) => packageOfFile(join(workspaceRoot, input))?.name ?? [],
  );
  const external = Object.values(outputs).flatMap(({ imports }) =>
    imports.filter((found) => found.external).map(({ path }) => path),
  );
  return new Set([...bundled, ...external]);
}

function isQuoted(text: string, name: string): boolean {
  return [`'${name}'`, `"${name}"`, `\`${name}\``].some((quoted) => text.includes(quoted));
}

function namesIn(
  file: string,
  text: string,
  names: readonly string[],
): { name: string; line: number }[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: { name: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    // Of a package that is imported for its types only.
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isModuleDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) && names.includes(node.text)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push({ name: node.text, line: line + 1 });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}
