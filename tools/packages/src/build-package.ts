import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { compilePackage, readPackageSources } from './compile-package';
import { importedPackages, namedPackages } from './imported-packages';
import { manifestProblems } from './manifest-problems';
import { packageExports } from './package-exports';
import { type Manifest, packageManifest, readManifest } from './package-manifest';
import { PackageError } from './package.error';
import type { PackageProject } from './packages';

/**
 * Builds an npm package: compiled files, declarations, source maps, and a package.json whose `exports` are the import
 * paths of the project in this workspace.
 *
 * @param folder where it is written; what was there is deleted
 * @returns its package.json
 * @throws PackageError if the package.json of the project does not list what it imports
 */
export async function buildPackage(
  workspaceRoot: string,
  { project, main }: PackageProject,
  folder: string,
): Promise<Manifest> {
  const root = join(workspaceRoot, project);
  const tsconfig = join(root, 'tsconfig.package.json');
  const sources = readPackageSources(tsconfig);
  const own = readManifest(root);
  const exports = packageExports(sources, root);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const names = { here: exports.importPath, published: own.name };
  const written = compilePackage(sources, names, folder);

  const imported = await Promise.all(
    main.map((entry) => importedPackages(join(root, entry), tsconfig)),
  );
  const problems = manifestProblems(own, { main: imported, named: namedPackages(written) });
  if (problems.length > 0) throw new PackageError(problems);

  copyFileSync(join(root, 'README.md'), join(folder, 'README.md'));
  copyFileSync(join(workspaceRoot, 'LICENSE'), join(folder, 'LICENSE'));
  const folders = new Set(written.map((path) => relative(folder, path).replace(/[\\/].*/, '')));
  const manifest = packageManifest(own, readManifest(workspaceRoot), exports, [...folders].sort());
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
