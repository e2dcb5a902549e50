import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageExports } from './package-exports';

/** The part of a package.json that matters here. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** What all packages have in common: it is written once, in the package.json of the workspace. */
const INHERITED = ['version', 'license', 'repository', 'engines'] as const;

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/**
 * The package.json of a package, made of that of its project.
 *
 * @param files folders and files to publish
 */
export function packageManifest(
  own: Manifest,
  workspace: Manifest,
  { exports, typesVersions }: PackageExports,
  files: readonly string[],
): Manifest {
  const { ...published }: Manifest & { private?: boolean } = own;
  // Only the built package is published, never the sources.
  delete published.private;
  const shared = Object.entries(workspace).filter(([key]) =>
    (INHERITED as readonly string[]).includes(key),
  );
  const { '.': main } = exports;
  return {
    ...published,
    ...Object.fromEntries(shared),
    type: 'commonjs',
    ...(typeof main === 'object' ? { main: main.default, types: main.types } : {}),
    exports,
    typesVersions,
    files,
  } as Manifest;
}
