import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NpmPackage } from './npm-package';
import { isOptionalDependency, packageOfFile } from './npm-package';

/**
 * The packages that these packages depend on, directly or not, and cannot do without. Read from the
 * manifests in node_modules, which takes some milliseconds.
 */
export function requiredByPackages(
  names: Iterable<string>,
  workspaceRoot: string,
): ReadonlySet<string> {
  const required = new Set<string>();
  const reached = new Map<string, NpmPackage>();
  for (const name of names) add(reached, findPackage(name, workspaceRoot));
  // A map gives also what is added to it meanwhile.
  for (const { folder, manifest } of reached.values()) {
    const dependencies = { ...manifest.dependencies, ...manifest.peerDependencies };
    for (const name of Object.keys(dependencies)) {
      if (isOptionalDependency(manifest, name)) continue;
      required.add(name);
      add(reached, findPackage(name, folder));
    }
  }
  return required;
}

function add(packages: Map<string, NpmPackage>, found: NpmPackage | undefined): void {
  if (found && !packages.has(found.folder)) packages.set(found.folder, found);
}

/** As Node looks a package up: in the node_modules of the folder and of all above it. */
function findPackage(name: string, from: string): NpmPackage | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'node_modules', name, 'package.json');
    if (existsSync(manifest)) return packageOfFile(manifest);
    if (folder === dirname(folder)) return undefined;
  }
}
