import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { ProjectMap } from '../guard/project-map';
import { findMarkers, isUnchanged, type Stamp, stamp } from '../workspace/built-program.cjs';
import { rootTsconfig } from '../workspace/root-tsconfig';
import { DiskFiles } from '../workspace/source-files';
import type { BuildReport } from './build-record';

/** What every build depends on, besides sources. */
const SETTINGS = ['nx.json', 'package.json', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock'];

/**
 * All that a build of an application depends on, as it is now: its project and those that it depends on, without their
 * tests; the plugin; the settings of the workspace. It takes some ten milliseconds for a thousand files.
 *
 * @param plugin the folder of this plugin, which is bundled into the program of the commands
 */
export function buildInputs(
  workspaceRoot: string,
  project: string,
  graph: ProjectGraph,
  plugin: string,
): Stamp[] {
  return inputPaths(workspaceRoot, project, graph, plugin).map((path) =>
    stamp(workspaceRoot, path),
  );
}

/** Whether a build would find today what it found then. Only files of another size or time are read. */
export function hasSameInputs(
  workspaceRoot: string,
  { project, graph, node, inputs }: Pick<BuildReport, 'project' | 'graph' | 'node' | 'inputs'>,
  plugin: string,
): boolean {
  if (node !== process.version) return false;
  const paths = inputPaths(workspaceRoot, project, graph, plugin);
  return (
    paths.length === inputs.length &&
    inputs.every((input, index) => input.path === paths[index] && isUnchanged(workspaceRoot, input))
  );
}

function inputPaths(
  workspaceRoot: string,
  project: string,
  graph: ProjectGraph,
  plugin: string,
): string[] {
  const folder = relative(workspaceRoot, plugin).split(sep).join('/');
  const projects = new ProjectMap(graph).closureOf(project).map(({ root }) => root);
  const paths = new Set([
    ...[...projects, ...(folder.startsWith('..') ? [] : [folder])].flatMap((root) =>
      listFiles(workspaceRoot, root).filter((path) => !/\.spec\.tsx?$|\/jest\.[^/]*$/.test(path)),
    ),
    ...findMarkers(workspaceRoot),
    ...SETTINGS,
    rootTsconfig(new DiskFiles(workspaceRoot)) ?? 'tsconfig.json',
  ]);
  return [...paths].sort();
}

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', '.git', '.nx']);

/** Every file below a folder; none if there is no such folder. */
function listFiles(workspaceRoot: string, folder: string): string[] {
  if (!existsSync(join(workspaceRoot, folder))) return [];
  const entries = readdirSync(join(workspaceRoot, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return SKIPPED_FOLDERS.has(entry.name) ? [] : listFiles(workspaceRoot, path);
  });
}
