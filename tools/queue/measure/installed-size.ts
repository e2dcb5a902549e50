import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { NpmPackage } from '../bundle/npm-package';
import { findPackage } from '../bundle/npm-package';
import type { ExternalPackage } from './bundle-map';

/**
 * What a package takes on this disk, with all that it depends on. Of optional dependencies it counts
 * what is installed here: of the packages for one platform each, those for this one.
 */
export function installedSize(
  workspaceRoot: string,
  { name, version, reason }: Pick<ExternalPackage, 'name' | 'version' | 'reason'>,
): ExternalPackage {
  const found = new Map<string, NpmPackage>();
  collect(findPackage(name, workspaceRoot), found);
  const packages = [...found.values()]
    .map((npmPackage) => ({ name: npmPackage.name, bytes: folderSize(npmPackage.folder) }))
    .sort((a, b) => b.bytes - a.bytes);
  const bytes = packages.reduce((sum, npmPackage) => sum + npmPackage.bytes, 0);
  return { name, version, reason, bytes, packages };
}

function collect(npmPackage: NpmPackage | undefined, found: Map<string, NpmPackage>): void {
  if (!npmPackage || found.has(npmPackage.folder)) return;
  found.set(npmPackage.folder, npmPackage);
  const { dependencies, optionalDependencies } = npmPackage.manifest;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    collect(findPackage(name, npmPackage.folder), found);
  }
}

/** Without the packages installed inside it, which count by themselves. */
function folderSize(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(realpathSync(folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) bytes += statSync(path).size;
    else if (entry.isDirectory() && entry.name !== 'node_modules') bytes += folderSize(path);
  }
  return bytes;
}
