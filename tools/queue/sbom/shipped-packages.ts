import { existsSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { findPackage, packageOfFile, type PackageManifest } from '../bundle/npm-package';
import type { BundleNode } from '../guard/bundle-graph';
import type { BuiltApp } from '../record/built-app';
import { builtFolder } from '../record/built-folder';
import { packageManager } from '../workspace/package-manager';

/** A package that runs with an application: as a part of its bundle, or installed beside it. */
export interface ShippedPackage {
  /** Its place below `node_modules`, which tells two versions of a package apart. */
  readonly place: string;
  readonly name: string;
  readonly version: string;
  /** As its package.json says. */
  readonly license: string | undefined;
  /** Of the file that it was installed from, as package-lock.json says: `sha512-…`. */
  readonly integrity: string | undefined;
  readonly isBundled: boolean;
  /** An installation goes on without it: what one platform alone needs, for example. */
  readonly isOptional: boolean;
  /** The places of those that it uses. */
  readonly uses: ReadonlySet<string>;
}

export interface Shipped {
  /** By place. */
  readonly packages: ReadonlyMap<string, ShippedPackage>;
  /** The places of those that the sources of the workspace use. */
  readonly used: ReadonlySet<string>;
}

/** The part of an entry of package-lock.json that is read here. */
interface LockEntry {
  name?: string;
  version?: string;
  license?: string;
  integrity?: string;
  optional?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

type Lock = Record<string, LockEntry>;

/**
 * What the last build of an application ships: the packages of which code is left in its bundle, and those that its
 * package-lock.json installs, for every platform. Without a package-lock.json, as with pnpm, those are listed as they
 * are installed on this machine.
 */
export function shippedPackages(app: BuiltApp): Shipped {
  const { workspaceRoot } = app;
  const packages = new Map<string, ShippedPackage>();
  const installed = readLock(join(workspaceRoot, builtFolder(app.report), 'package-lock.json'));
  if (installed === undefined) addAsInstalled(app, packages);
  else addLocked(installed, packages);
  const used = addBundled(app, packages);
  return { packages, used };
}

function addBundled(
  { workspaceRoot, facts }: BuiltApp,
  packages: Map<string, ShippedPackage>,
): Set<string> {
  const locked = readLock(join(workspaceRoot, 'package-lock.json')) ?? {};
  const placeOf = (node: BundleNode): string | undefined => {
    if (node.package === undefined) return undefined;
    if (node.kind === 'external') return `node_modules/${node.package}`;
    const found = packageOfFile(join(workspaceRoot, node.path));
    return found && relative(workspaceRoot, found.folder).split(sep).join('/');
  };
  const uses = new Map<string, Set<string>>();
  for (const node of facts.bundle.nodes.values()) {
    const place = node.kind === 'file' && node.bytes > 0 ? placeOf(node) : undefined;
    if (place !== undefined) uses.set(place, new Set());
  }
  const used = new Set<string>();
  for (const { from, to } of facts.bundle.edges) {
    const [user, place] = [placeOf(from), placeOf(to)];
    if (place === undefined || place === user) continue;
    if (!uses.has(place) && !packages.has(place)) continue;
    if (user === undefined) used.add(place);
    else uses.get(user)?.add(place);
  }
  for (const [place, others] of uses) {
    const { name, version, manifest } = packageAt(workspaceRoot, place);
    const license = licenseOf(manifest);
    const { integrity } = locked[place] ?? {};
    const isInstalledToo = packages.get(place);
    packages.set(place, {
      ...{ place, name, version, license, integrity },
      ...{ isBundled: true, isOptional: false },
      uses: new Set([...others, ...(isInstalledToo?.uses ?? [])]),
    });
  }
  return used;
}

/** A file of the bundle comes from it, so it is there. */
function packageAt(workspaceRoot: string, place: string) {
  const found = packageOfFile(join(workspaceRoot, place, 'package.json'));
  if (found === undefined)
    throw new Error(`${place} is not installed any more. Run: ${packageManager().install}`);
  return found;
}

function addLocked(lock: Lock, packages: Map<string, ShippedPackage>): void {
  for (const [place, entry] of Object.entries(lock)) {
    if (place === '') continue;
    const { dependencies, optionalDependencies, peerDependencies } = entry;
    const needed = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    packages.set(place, {
      place,
      name: entry.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: entry.version ?? '',
      license: entry.license,
      integrity: entry.integrity,
      isBundled: false,
      isOptional: entry.optional === true,
      uses: new Set(needed.flatMap((name) => placeFrom(lock, place, name) ?? [])),
    });
  }
}

/** Where Node finds a package that one at `place` imports. */
function placeFrom(lock: Lock, place: string, name: string): string | undefined {
  for (let folder = place; ; folder = posix.dirname(folder)) {
    if (posix.basename(folder) === 'node_modules') continue;
    const candidate = folder === '.' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock[candidate]) return candidate;
    if (folder === '.') return undefined;
  }
}

function addAsInstalled(
  { workspaceRoot, report }: BuiltApp,
  packages: Map<string, ShippedPackage>,
): void {
  const add = (name: string, from: string, isOptional: boolean): string | undefined => {
    const found = findPackage(name, from);
    if (!found) return undefined;
    const { folder, version, manifest } = found;
    const place = relative(workspaceRoot, folder).split(sep).join('/');
    if (packages.has(place)) return place;
    const uses = new Set<string>();
    const license = licenseOf(manifest);
    const rest = { license, integrity: undefined, isBundled: false, isOptional, uses };
    packages.set(place, { place, name: manifest.name, version, ...rest });
    const { dependencies, optionalDependencies } = manifest;
    for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const isOptionalToo = isOptional || optionalDependencies?.[dependency] !== undefined;
      const used = add(dependency, folder, isOptionalToo);
      if (used !== undefined) uses.add(used);
    }
    return place;
  };
  for (const { name } of report.external) add(name, workspaceRoot, false);
}

/** Of old packages an object, or a list of them. */
function licenseOf(manifest: PackageManifest): string | undefined {
  const { license } = manifest as { license?: unknown };
  if (typeof license === 'string') return license;
  const { type } = (license ?? {}) as { type?: unknown };
  return typeof type === 'string' ? type : undefined;
}

function readLock(file: string): Lock | undefined {
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { packages?: Lock }).packages;
}
