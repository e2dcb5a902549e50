import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { PackageManager, ProjectGraph } from '@nx/devkit';
import { detectPackageManager } from '@nx/devkit';
import { generatePrunedDeployOutput } from '@nx/js';
import { dump } from 'js-yaml';
import type { NpmLockfile } from './lock-entry';
import { NpmLockfilePruner } from './npm-lockfile';
import type { Overrides } from './npm-overrides';
import type { NpmPackage } from '../bundle/npm-package';
import { exactSpecifier } from '../bundle/npm-package';
import { PluginError } from '../workspace/index';

/** The package.json that goes with a bundle. */
export interface DeploymentManifest {
  name: string;
  version: string;
  private: true;
  type: 'module';
  engines?: Record<string, string>;
  scripts: { start: string };
  dependencies: Record<string, string>;
  /** Those of the workspace's own: an installation goes on without one that the machine cannot have. */
  optionalDependencies?: Record<string, string>;
  /** Where a package gets another version than it asks for, as in the workspace. */
  overrides?: Overrides;
  /** Which of the installed packages may run a script when they are installed, by the workspace's own decision. */
  allowScripts?: Record<string, boolean>;
}

/**
 * package-lock.json is missing or does not have a package that the bundle needs, so the versions to deploy are
 * not known.
 *
 * To do: run `npm install`, and commit package-lock.json.
 */
export class LockfileError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_LOCKFILE';
}

/**
 * The files beside a bundle that make `npm ci --omit=dev && node main.js` work anywhere: exact
 * versions of the external packages and of nothing else. By file name.
 */
export function deploymentFiles(
  workspaceRoot: string,
  project: { name: string; root: string },
  external: ReadonlyMap<string, NpmPackage>,
  graph: ProjectGraph,
): Record<string, string> {
  const manifest = deploymentManifest(workspaceRoot, project, external);
  const packageManager = detectPackageManager(workspaceRoot);
  if (packageManager !== 'npm') {
    const lockfiles = otherLockfiles(manifest, project.root, graph, packageManager);
    return { 'package.json': toJson(manifest), ...lockfiles };
  }
  const { lockfile, overrides } = npmLockfile(workspaceRoot, manifest, external);
  const allowScripts = allowedScripts(workspaceRoot, lockfile);
  const whole: DeploymentManifest = {
    ...manifest,
    ...(Object.keys(overrides).length > 0 && { overrides }),
    ...(allowScripts && { allowScripts }),
  };
  return {
    'package.json': toJson(whole),
    'package-lock.json': toJson(lockfile),
    // pnpm reads this decision nowhere else. Since version 11 it ends with an error where there is none.
    ...(allowScripts && { 'pnpm-workspace.yaml': dump({ allowBuilds: allowScripts }) }),
  };
}

function deploymentManifest(
  workspaceRoot: string,
  { name, root }: { name: string; root: string },
  external: ReadonlyMap<string, NpmPackage>,
): DeploymentManifest {
  const own = readManifest(join(workspaceRoot, root));
  const shared = readManifest(workspaceRoot);
  const engines = own.engines ?? shared.engines;
  const specifiers = (isOptional: boolean) =>
    Object.fromEntries(
      [...external.values()]
        .filter((found) => found.name in (shared.optionalDependencies ?? {}) === isOptional)
        .map((found): [string, string] => [found.name, exactSpecifier(found)])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const optionalDependencies = specifiers(true);
  return {
    name: own.name ?? name,
    version: own.version ?? shared.version ?? '0.0.0',
    private: true,
    type: 'module',
    ...(engines ? { engines } : {}),
    // npm's shell would receive SIGTERM in place of node, and not pass it on.
    scripts: { start: 'exec node --enable-source-maps main.js' },
    dependencies: specifiers(false),
    ...(Object.keys(optionalDependencies).length > 0 && { optionalDependencies }),
  };
}

/** The workspace's decisions about packages that are installed here too; undefined if there are none. */
function allowedScripts(
  workspaceRoot: string,
  { packages }: NpmLockfile,
): Record<string, boolean> | undefined {
  const installed = new Set(
    Object.keys(packages).map((key) => key.slice(key.lastIndexOf('node_modules/') + 13)),
  );
  const decisions = Object.entries(readManifest(workspaceRoot).allowScripts ?? {}).filter(
    ([name]) => installed.has(name.replace(/(?<=.)@.*$/, '')),
  );
  return decisions.length > 0 ? Object.fromEntries(decisions) : undefined;
}

function npmLockfile(
  workspaceRoot: string,
  manifest: DeploymentManifest,
  external: ReadonlyMap<string, NpmPackage>,
): { lockfile: NpmLockfile; overrides: Overrides } {
  const path = join(workspaceRoot, 'package-lock.json');
  if (!existsSync(path)) {
    throw new LockfileError(
      'package-lock.json is missing. The versions to deploy come from it. Run: npm install',
    );
  }
  // npm's own format; a field that is not there is handled where it is read.
  const source = JSON.parse(readFileSync(path, 'utf8')) as NpmLockfile;
  const { name, version, engines, dependencies, optionalDependencies } = manifest;
  const pruner = new NpmLockfilePruner(source);
  const pruned = pruner.prune(
    new Map([...external].map(([key, found]) => [key, lockfileKey(workspaceRoot, found, source)])),
    new Set(Object.keys(optionalDependencies ?? {})),
  );
  const root = {
    name,
    version,
    ...(engines && { engines }),
    dependencies,
    ...(optionalDependencies && { optionalDependencies }),
  };
  return {
    lockfile: {
      name,
      version,
      lockfileVersion: 3,
      requires: true,
      packages: { '': root, ...pruned },
    },
    overrides: pruner.overrides(),
  };
}

/** Where the lockfile has this package: its folder, relative to the workspace. */
function lockfileKey(
  workspaceRoot: string,
  { name, folder }: NpmPackage,
  lockfile: NpmLockfile,
): string {
  const path = relative(realpathSync(workspaceRoot), folder).split(sep).join('/');
  // A linked package has its real folder elsewhere, below a node_modules of the same shape.
  const keys = [path, path.slice(Math.max(path.indexOf('node_modules/'), 0))];
  const key = keys.find((candidate) => lockfile.packages[candidate]);
  if (key) return key;
  throw new LockfileError(
    `package-lock.json does not have ${name}, which the bundle needs (${folder}). ` +
      'Run: npm install, and commit package-lock.json',
  );
}

/** Nx adjusts `manifest` to what the package manager checks it against. */
function otherLockfiles(
  manifest: DeploymentManifest,
  projectRoot: string,
  graph: ProjectGraph,
  packageManager: PackageManager,
): Record<string, string> {
  const files: Record<string, string> = {};
  generatePrunedDeployOutput(manifest, graph, projectRoot, {
    packageManager,
    emit: (path, content) => {
      files[path] = content.toString();
    },
  });
  return files;
}

interface OwnManifest {
  optionalDependencies?: Record<string, string>;
  allowScripts?: Record<string, boolean>;
  name?: string;
  version?: string;
  engines?: Record<string, string>;
}

function readManifest(folder: string): OwnManifest {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as OwnManifest) : {};
}

function toJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
