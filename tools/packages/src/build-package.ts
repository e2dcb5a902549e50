import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePackage, readPackageSources } from './compile-package';
import { copyAssets } from './copy-assets';
import { importedPackages, namedPackages } from './imported-packages';
import { manifestProblems } from './manifest-problems';
import { packageExports } from './package-exports';
import { type Manifest, packageManifest, readManifest } from './package-manifest';
import { PackageError } from './package.error';
import type { PackageProject } from './packages';
import { publishedPaths } from './published-paths';
import { workspaceTemplate, writeTemplate } from './template/template';
import { templateProblems } from './template/template-problems';

/**
 * Builds an npm package: compiled files, declarations, source maps, and a package.json whose `exports` are the import
 * paths of the project in this workspace.
 *
 * @param folder where it is written; what was there is deleted
 * @returns its package.json
 * @throws PackageError if the package.json of the project does not list what it imports, or the files of a new workspace
 *   name something that is not among them
 */
export async function buildPackage(
  workspaceRoot: string,
  { name, project, main, assets, template }: PackageProject,
  folder: string,
): Promise<Manifest> {
  const root = join(workspaceRoot, project);
  const tsconfig = join(root, 'tsconfig.package.json');
  const sources = readPackageSources(tsconfig);
  const own = { ...readManifest(root), name };
  const exports = packageExports(sources, root);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const names = { here: exports.importPath ?? name, published: name };
  const written = compilePackage(sources, names, folder);

  const imported = await Promise.all(
    main.map((entry) => importedPackages(join(root, entry), tsconfig)),
  );
  const problems = manifestProblems(own, { main: imported, named: namedPackages(written) });
  if (problems.length > 0) throw new PackageError(problems);

  if (assets) copyAssets(root, folder, { assets, names });
  if (template !== undefined) {
    const texts = workspaceTemplate(workspaceRoot);
    const gaps = templateProblems(texts, publishedPaths(workspaceRoot));
    if (gaps.length > 0) throw new PackageError(gaps);
    writeTemplate(texts, join(folder, template));
  }
  const files = readdirSync(folder).sort();
  const manifest = packageManifest(own, readManifest(workspaceRoot), exports, files);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(root, 'README.md'), join(folder, 'README.md'));
  copyFileSync(join(workspaceRoot, 'LICENSE'), join(folder, 'LICENSE'));
  return manifest;
}
