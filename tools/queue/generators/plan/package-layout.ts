import { parseJson } from '@nx/devkit';
import { rootTsconfig, type SourceFiles } from '../../workspace/index';

/** A workspace whose projects are packages that the package manager links, in place of import paths in tsconfig.base.json. */
export interface PackageLayout {
  /** Where its packages are: `packages`. */
  folder: string;
  /** The condition of `exports` that leads to sources: `@acme/source`. */
  condition: string | undefined;
}

interface Manifest {
  name?: string;
  workspaces?: string[] | { packages?: string[] };
}

interface Tsconfig {
  compilerOptions?: { paths?: object; customConditions?: string[] };
}

/** Undefined for a workspace with import paths. */
export function packageLayout(files: SourceFiles): PackageLayout | undefined {
  const { compilerOptions = {} } = parseJson<Tsconfig>(textOf(files, 'tsconfig.base.json', '{}'));
  if (compilerOptions.paths !== undefined) return undefined;
  const { workspaces } = parseJson<Manifest>(textOf(files, 'package.json', '{}'));
  const ofPnpm = textOf(files, 'pnpm-workspace.yaml', '');
  const patterns = [
    ...(Array.isArray(workspaces) ? workspaces : (workspaces?.packages ?? [])),
    ...[...ofPnpm.matchAll(/^\s*-\s*["']?([^"'\s#]+)/gm)].map(([, pattern = '']) => pattern),
  ];
  const [folder] = patterns.flatMap(
    (pattern) => /^(?:\.\/)?([^*!]+)\/\*$/.exec(pattern)?.[1] ?? [],
  );
  if (folder === undefined) return undefined;
  return { folder, condition: compilerOptions.customConditions?.[0] };
}

function textOf(files: SourceFiles, path: string, missing: string): string {
  return files.isFile(path) ? (files.read(path, 'utf-8') ?? missing) : missing;
}

/** `acme` of the workspace `@acme/source`; where its package has no scope, that of most of its import paths. */
export function scopeOf(files: SourceFiles): string | undefined {
  const { name = '' } = parseJson<Manifest>(textOf(files, 'package.json', '{}'));
  const tsconfig = rootTsconfig(files) ?? 'tsconfig.json';
  const { compilerOptions = {} } = parseJson<Tsconfig>(textOf(files, tsconfig, '{}'));
  const scopes = Object.keys(compilerOptions.paths ?? {}).flatMap((path) => scopeIn(path) ?? []);
  const uses = (scope: string) => scopes.filter((other) => other === scope).length;
  return scopeIn(name) ?? scopes.sort((a, b) => uses(b) - uses(a))[0];
}

function scopeIn(name: string): string | undefined {
  return /^@([^/]+)\//.exec(name)?.[1];
}
