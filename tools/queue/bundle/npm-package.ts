import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a package.json that bundling depends on. */
export interface PackageManifest {
  name: string;
  version: string;
  type?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean } | undefined>;
  gypfile?: boolean;
  binary?: unknown;
  napi?: unknown;
  os?: string[];
  cpu?: string[];
}

/** A package as it lies in node_modules. */
export interface NpmPackage {
  name: string;
  version: string;
  /** The folder with its package.json. */
  folder: string;
  manifest: PackageManifest;
}

const SEGMENT = /^(.*[\\/]node_modules[\\/])((?:@[^\\/]+[\\/])?[^\\/]+)/;

/** The package's name in an import: `sharp` of `sharp/lib`, `@nestjs/core` of `@nestjs/core/injector`. */
export function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const known = new Map<string, NpmPackage | undefined>();

/** The package that a file inside node_modules belongs to; `undefined` for files of the workspace. */
export function packageOfFile(file: string): NpmPackage | undefined {
  const [, parent, name] = SEGMENT.exec(file) ?? [];
  if (parent === undefined || name === undefined) return undefined;
  const folder = join(parent, name);
  const cached = known.get(folder);
  if (cached) return cached;
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  // A package's own manifest is outside our control; every field read from it is optional above.
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as PackageManifest;
  const found = { name: manifest.name, version: manifest.version, folder, manifest };
  known.set(folder, found);
  return found;
}

/** Whether a package says that it works without `dependency`. */
export function isOptionalDependency(manifest: PackageManifest, dependency: string): boolean {
  if (manifest.optionalDependencies?.[dependency] !== undefined) return true;
  return (
    manifest.peerDependenciesMeta?.[dependency]?.optional === true &&
    manifest.dependencies?.[dependency] === undefined
  );
}

/**
 * Whether a package holds compiled code for one platform, or is the door to packages that do. Such
 * a package cannot be part of a JavaScript file. Told from its manifest and the files at its top:
 * reading deeper would cost more time than the bundling itself.
 */
export function isNativePackage({ folder, manifest }: NpmPackage): boolean {
  if (manifest.gypfile || manifest.binary || manifest.napi) return true;
  if (manifest.os?.length || manifest.cpu?.length) return true;
  if (existsSync(join(folder, 'binding.gyp')) || existsSync(join(folder, 'prebuilds'))) return true;
  if (readdirSync(folder).some((file) => file.endsWith('.node'))) return true;
  return Object.keys(manifest.optionalDependencies ?? {}).some(
    (name) => namesPlatform(name) && isForOnePlatform(folder, name),
  );
}

/** `@img/sharp-linux-x64`, `@next/swc-darwin-arm64`, `msgpackr-extract-win32-x64`. */
function namesPlatform(name: string): boolean {
  return /(linux|darwin|win32|freebsd|android)/.test(name);
}

/** Only one of a package's platform variants is installed, so a missing one counts by its name. */
function isForOnePlatform(folder: string, name: string): boolean {
  const beside = packageOfFile(
    join(folder.slice(0, folder.lastIndexOf('node_modules')), 'node_modules', name, 'package.json'),
  );
  return !beside || Boolean(beside.manifest.os ?? beside.manifest.cpu);
}
