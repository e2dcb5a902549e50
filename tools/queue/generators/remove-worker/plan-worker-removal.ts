import { posix } from 'node:path';
import { type ProjectConfiguration, type Tree } from '@nx/devkit';
import {
  listProcessors,
  PLUGIN_NAME,
  type Project,
  type QueueWorkspace,
  packageManager,
} from '../../workspace/index';
import { JsonText } from '../plan/json-edits';
import { usesOf } from '../plan/job-uses';
import { mentionsOf } from '../plan/job-mentions';
import { linesWith } from '../plan/processor-variables';
import { type Obstacle, placesOf } from '../plan/standing-in-the-way';
import { prefixOf } from '../plan/worker-prefix';
import { WorkerInUseError } from './worker-in-use.error';

/** Everything that is decided before the first file is deleted. */
export interface WorkerRemoval {
  worker: Project;
  /** All files that are deleted. */
  deleted: readonly string[];
  /** The root tsconfig.json without its reference to the worker, if it has one. */
  tsconfig: string | undefined;
  /** What breaks, because of `--force`. */
  broken: readonly Obstacle[];
  /** Lines that may mean the worker. */
  mentions: readonly string[];
}

/** @throws WorkerInUseError */
export function planWorkerRemoval(
  tree: Tree,
  workspace: QueueWorkspace,
  projects: Readonly<Record<string, ProjectConfiguration>>,
  worker: Project,
  force: boolean,
): WorkerRemoval {
  const { name, root } = worker;
  const deleted = filesIn(tree, root);
  const roots = Object.values(projects).map((project) => project.root);
  const processors = processorsOf(workspace, worker);
  const broken = [
    {
      reason: 'These lines use files of it. Change or delete them:',
      places: placesOf(usesOf(workspace, roots, deleted).users),
    },
    {
      reason: 'These projects name it in "implicitDependencies". Take it out there:',
      places: Object.entries(projects)
        .filter(
          ([other, project]) => other !== name && project.implicitDependencies?.includes(name),
        )
        .map(([, project]) => project.root),
    },
  ].filter(({ places }) => places.length > 0);
  if (processors.length > 0 || (broken.length > 0 && !force)) {
    const how =
      processors.length > 0 ? '' : '\nPass --force to remove it anyway: what refers to it breaks.';
    throw new WorkerInUseError(name, [...processors, ...broken], how);
  }
  const ignored = new Set(deleted);
  return {
    worker,
    deleted,
    tsconfig: withoutReference(tree.read('tsconfig.json', 'utf-8'), root),
    broken,
    mentions: [
      ...mentionsOf(tree, name, ignored),
      ...linesWith(tree, [name, `${prefixOf(name)}_[A-Z_]+`]).filter(
        (place) => !place.startsWith(`${root}/`),
      ),
    ],
  };
}

function processorsOf(workspace: QueueWorkspace, worker: Project): Obstacle[] {
  const files = listProcessors(workspace, worker).map(({ file }) => file);
  if (files.length === 0) return [];
  const { exec } = packageManager();
  const reason =
    `It has processors. Move each to another worker (${exec} nx g ${PLUGIN_NAME}:move <job> --to=<worker>), ` +
    `or remove its job (${exec} nx g ${PLUGIN_NAME}:remove <job>):`;
  return [{ reason, places: files }];
}

/** Of installed packages a project that is a package has some of its own. */
function filesIn(tree: Tree, folder: string): string[] {
  return tree.children(folder).flatMap((name) => {
    const path = posix.join(folder, name);
    if (tree.isFile(path)) return [path];
    return name === 'node_modules' ? [] : filesIn(tree, path);
  });
}

function withoutReference(text: string | null, root: string): string | undefined {
  if (text === null) return undefined;
  const json = new JsonText(text);
  const references = json.get(['references']);
  if (!Array.isArray(references)) return undefined;
  const index = (references as { path?: string }[]).findIndex(
    ({ path = '' }) => posix.normalize(path) === root,
  );
  if (index === -1) return undefined;
  json.set(['references', index], undefined);
  return json.text;
}
