import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The parts of a package.json that bundling depends on. */
export interface PackageManifest {
  name: string;
  version: string;
  type?: string;
  exports?: unknown;
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
  /** As it is imported; an alias, if it is installed under one (`npm install images@npm:sharp`). */
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
  const found = {
    name: name.replaceAll('\\', '/'),
    version: manifest.version,
    folder,
    manifest,
  };
  known.set(folder, found);
  return found;
}

/** What to write into the `dependencies` of a package.json, to get this very version. */
export function exactSpecifier({ name, version, manifest }: NpmPackage): string {
  return manifest.name === name ? version : `npm:${manifest.name}@${version}`;
}

/** As Node looks a package up: in the node_modules of the folder and of all above it. */
export function findPackage(name: string, from: string): NpmPackage | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'node_modules', name, 'package.json');
    if (existsSync(manifest)) return packageOfFile(manifest);
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * What a package says of its use of another one, `undefined` if it does not name it. `optional`: it
 * works without. npm takes an optional peer that only `peerDependenciesMeta` names.
 */
export function dependencyKind(
  manifest: PackageManifest,
  dependency: string,
): 'required' | 'optional' | undefined {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
  // npm lists an optional dependency in `dependencies` too.
  if (optionalDependencies?.[dependency] !== undefined) return 'optional';
  if (dependencies?.[dependency] !== undefined) return 'required';
  if (peerDependenciesMeta?.[dependency]?.optional === true) return 'optional';
  return peerDependencies?.[dependency] === undefined ? undefined : 'required';
}

/** Packages that find the compiled code of a package that depends on them, or build it. */
const NATIVE_LOADERS = [
  'bindings',
  'node-gyp-build',
  'node-gyp-build-optional-packages',
  '@mapbox/node-pre-gyp',
  'node-pre-gyp',
  'prebuild-install',
  'prebuildify',
  'cmake-js',
  'node-addon-api',
  'nan',
];

/**
 * Why a package cannot be part of a JavaScript file: it holds compiled code for one platform, or is the
 * door to packages that do. Told from its manifest and the files at its top: reading deeper would cost
 * more time than the bundling itself; compiled code that lies deeper shows when it is imported.
 */
export function nativeReason({ folder, manifest }: NpmPackage): string | undefined {
  const { gypfile, binary, napi, os, cpu, dependencies, optionalDependencies } = manifest;
  if (gypfile || binary || napi) return 'its package.json describes compiled code';
  if (os?.length || cpu?.length) return 'its package.json names a platform';
  const file = ['binding.gyp', 'prebuilds'].find((name) => existsSync(join(folder, name)));
  if (file) return `it has ${file}`;
  const compiled = readdirSync(folder).find((name) => name.endsWith('.node'));
  if (compiled) return `it has ${compiled}`;
  const needed = { ...dependencies, ...optionalDependencies };
  const loader = NATIVE_LOADERS.find((name) => needed[name] !== undefined);
  if (loader) return `it depends on ${loader}, which loads or builds compiled code`;
  const platform = Object.keys(optionalDependencies ?? {}).find(
    (name) => namesPlatform(name) && isForOnePlatform(folder, name),
  );
  return platform && `it has a package for each platform, such as ${platform}`;
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
