import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { ProjectMap } from '../guard/project-map';
import {
  areSameFolders,
  findMarkers,
  type FolderFilter,
  type FolderStamp,
  folderStamps,
  isSameWorkspace,
  isUnchanged,
  listFolders,
  OF_MARKERS,
  pathsIn,
  stamp,
  type WorkspaceStamp,
  workspaceStamp,
} from '../workspace/built-program.cjs';

/** What every build depends on, besides sources. */
const SETTINGS = [
  'nx.json',
  'package.json',
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'tsconfig.base.json',
  'tsconfig.json',
];

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', '.git', '.nx']);

/** All files of a project but its tests. */
const OF_PROJECT: FolderFilter = {
  files: /^(?!jest\.|.*\.spec\.tsx?$)/,
  enters: (name) => !SKIPPED_FOLDERS.has(name),
};

/** All that a build depends on, as it was. */
export interface BuildInputs {
  /** The stamps of the files, as lists: as many objects would take longer to read than the files to ask for. */
  readonly paths: readonly string[];
  readonly sizes: readonly number[];
  readonly times: readonly number[];
  /** With a space between them. */
  readonly hashes: string;
  /** Those of the projects, by which it is known whether files have come or gone. */
  readonly folders: readonly FolderStamp[];
  /** Which projects, contracts and processors there are. */
  readonly workspace: WorkspaceStamp;
}

/**
 * All that a build of an application depends on, as it is now: its project and those that it depends on, without their
 * tests; the plugin; the settings of the workspace.
 *
 * @param plugin the folder of this plugin, which is bundled into the program of the commands
 */
export function buildInputs(
  workspaceRoot: string,
  project: string,
  graph: ProjectGraph,
  plugin: string,
): BuildInputs {
  const ofPlugin = relative(workspaceRoot, plugin).split(sep).join('/');
  const roots = new ProjectMap(graph).closureOf(project).map(({ root }) => root);
  if (!ofPlugin.startsWith('..')) roots.push(ofPlugin);
  const listed = [...new Set(roots)]
    .filter((root) => existsSync(join(workspaceRoot, root)))
    .flatMap((root) => listFolders(workspaceRoot, OF_PROJECT, root === '.' ? '' : `${root}/`));
  const folders = folderStamps(workspaceRoot, listed);
  const workspace = workspaceStamp(workspaceRoot, OF_MARKERS);
  const paths = new Set([...listed.flatMap(pathsIn), ...findMarkers(workspaceRoot), ...SETTINGS]);
  const stamps = [...paths].sort().map((path) => stamp(workspaceRoot, path));
  return {
    paths: stamps.map(({ path }) => path),
    sizes: stamps.map(({ size }) => size),
    times: stamps.map(({ time }) => time),
    hashes: stamps.map(({ hash }) => hash).join(' '),
    folders,
    workspace,
  };
}

/**
 * Whether a build would find today what it found then. Folders and files of the same time are not read: it takes a few
 * milliseconds for a thousand files.
 */
export function hasSameInputs(
  workspaceRoot: string,
  { paths, sizes, times, hashes, folders, workspace }: BuildInputs,
): boolean {
  let separate: string[] | undefined;
  return (
    paths.every((path, index) =>
      isUnchanged(workspaceRoot, {
        path,
        size: sizes[index] ?? -1,
        time: times[index] ?? 0,
        get hash() {
          return (separate ??= hashes.split(' '))[index] ?? '';
        },
      }),
    ) &&
    areSameFolders(workspaceRoot, folders, OF_PROJECT) &&
    isSameWorkspace(workspaceRoot, workspace, OF_MARKERS)
  );
}
