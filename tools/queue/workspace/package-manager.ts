import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseJsonText } from './json-text';

/** The package manager of a workspace, and its commands, as a person types them in the root of the workspace. */
export interface PackageManagerCommands {
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** Runs a program of an installed package: `npx`, as in `npx nx sync`. */
  readonly exec: string;
  /** Installs what package.json lists. */
  readonly install: string;
  /** Adds a package to "dependencies": `npm install --save-prod`, as in `npm install --save-prod sharp`. */
  readonly add: string;
  /** Installs, in a built folder, exactly what its lockfile lists. */
  readonly installBuilt: string;
  /** The version by which a package of the workspace lists another one. */
  readonly workspaceRange: '*' | 'workspace:*';
}

const NPM: PackageManagerCommands = {
  name: 'npm',
  exec: 'npx',
  install: 'npm install',
  add: 'npm install --save-prod',
  installBuilt: 'npm ci --omit=dev',
  workspaceRange: '*',
};

const PNPM: PackageManagerCommands = {
  name: 'pnpm',
  exec: 'pnpm exec',
  install: 'pnpm install',
  add: 'pnpm add --save-prod',
  installBuilt: 'pnpm install --prod --frozen-lockfile',
  workspaceRange: 'workspace:*',
};

/** Where projects are packages too, pnpm adds a package to the root only if it is told so. */
const PNPM_WORKSPACE: PackageManagerCommands = { ...PNPM, add: `${PNPM.add} --workspace-root` };

const YARN: PackageManagerCommands = {
  name: 'yarn',
  exec: 'yarn',
  install: 'yarn install',
  add: 'yarn add',
  installBuilt: 'yarn install',
  workspaceRange: 'workspace:*',
};

/** Version 1, which knows no `workspace:`, and adds packages to the root of a workspace only if it is told so. */
const YARN_CLASSIC: PackageManagerCommands = {
  ...YARN,
  add: 'yarn add -W',
  installBuilt: 'yarn install --production --frozen-lockfile',
  workspaceRange: '*',
};

const BUN: PackageManagerCommands = {
  name: 'bun',
  exec: 'bunx',
  install: 'bun install',
  add: 'bun add',
  installBuilt: 'bun install --production --frozen-lockfile',
  workspaceRange: 'workspace:*',
};

const BY_NAME = { npm: NPM, pnpm: PNPM, yarn: YARN, bun: BUN } as const;

type Name = keyof typeof BY_NAME;

/** In the order in which Nx looks for them. */
const LOCKFILES = [
  ['bun.lockb', 'bun'],
  ['bun.lock', 'bun'],
  ['yarn.lock', 'yarn'],
  ['pnpm-lock.yaml', 'pnpm'],
] as const;

/**
 * The package manager that nx.json names, or whose lockfile is there; otherwise npm. As `getPackageManagerCommand` of Nx
 * finds it; but that starts the package manager to ask for its version, has to be loaded, and its commands are for scripts.
 *
 * @param folder in the workspace, or its root. @default where the process runs
 */
export function packageManager(folder = process.cwd()): PackageManagerCommands {
  const root = workspaceRoot(folder);
  const found = LOCKFILES.find(([file]) => existsSync(join(root, file)));
  const name = configured(root) ?? found?.[1] ?? 'npm';
  if (name === 'yarn' && isClassic(root)) return YARN_CLASSIC;
  const isWorkspace = existsSync(join(root, 'pnpm-workspace.yaml'));
  return name === 'pnpm' && isWorkspace ? PNPM_WORKSPACE : BY_NAME[name];
}

function workspaceRoot(folder: string): string {
  for (let candidate = folder; ; candidate = dirname(candidate)) {
    if (existsSync(join(candidate, 'nx.json'))) return candidate;
    if (dirname(candidate) === candidate) return folder;
  }
}

function configured(root: string): Name | undefined {
  const { cli } = parseJsonText(text(root, 'nx.json') || '{}') as {
    cli?: { packageManager?: Name };
  };
  return cli?.packageManager;
}

function isClassic(root: string): boolean {
  return text(root, 'yarn.lock').includes('# yarn lockfile v1');
}

function text(root: string, name: string): string {
  const path = join(root, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
