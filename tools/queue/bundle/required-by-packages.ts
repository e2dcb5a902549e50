import type { NpmPackage } from './npm-package';
import { dependencyKind, findPackage } from './npm-package';

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
      if (dependencyKind(manifest, name) === 'optional') continue;
      required.add(name);
      add(reached, findPackage(name, folder));
    }
  }
  return required;
}

function add(packages: Map<string, NpmPackage>, found: NpmPackage | undefined): void {
  if (found && !packages.has(found.folder)) packages.set(found.folder, found);
}

/** The packages that are there because this one is, directly or not: what it depends on, and its peers. */
export function installedWith(npmPackage: NpmPackage): NpmPackage[] {
  const reached = new Map<string, NpmPackage>();
  add(reached, npmPackage);
  for (const { folder, manifest } of reached.values()) {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
    const named = { ...dependencies, ...optionalDependencies, ...peerDependencies };
    for (const name of Object.keys({ ...named, ...peerDependenciesMeta })) {
      add(reached, findPackage(name, folder));
    }
  }
  reached.delete(npmPackage.folder);
  return [...reached.values()];
}
