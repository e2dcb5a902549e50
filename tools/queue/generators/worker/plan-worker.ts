import { join, posix } from 'node:path';
import { offsetFromRoot } from '@nx/devkit';
import {
  type Project,
  type ProjectEntry,
  type QueueWorkspace,
  rootTsconfig,
  TAGS,
} from '../../workspace/index';
import { RUNTIME_PACKAGE } from '../../workspace/runtime-package';
import { packageLayout } from '../plan/package-layout';
import { Plan } from '../plan/plan';
import { prefixOf } from '../plan/worker-prefix';
import { planStandalone } from './plan-standalone';
import { choosePort } from './worker-port';
import { workerAppImports } from './worker-app';
import { workerName } from './worker-name';
import type { WorkerOptions } from './worker-options';

/** Everything that is decided before the first file is written. */
export interface WorkerPlan {
  /** What the person typed. */
  given: string;
  name: string;
  root: string;
  port: number;
  /** The variables that are its own. */
  variables: { http: string; processors: string };
  /** Whether it is complete in itself, without a library that starts workers. */
  isStandalone: boolean;
  /** Whether the package manager has to link it. */
  isPackage: boolean;
  files: Plan;
}

/**
 * Throws a `PluginError` for everything that stands in the way.
 *
 * @param like an application that the first worker of a workspace has its folder, its tags and its tests from
 */
export function planWorker(
  workspace: QueueWorkspace,
  projects: Readonly<Record<string, ProjectEntry>>,
  options: WorkerOptions,
  like?: ProjectEntry,
): WorkerPlan {
  const name = workerName(options.name, Object.keys(projects));
  const port = choosePort(workspace, options.port);
  const [model] = workspace.workers;
  const neighbour = (model && projects[model.name]) ?? like;
  const root = posix.normalize(
    options.directory ?? posix.join(neighbour ? posix.dirname(neighbour.root) : 'apps', name),
  );
  const prefix = prefixOf(name);
  const variables = { http: `${prefix}_HTTP`, processors: `${prefix}_PROCESSORS` };
  const files = new Plan(workspace);
  const libraries = taggedProjects(projects, TAGS.workerApp);
  const isPackage = packageLayout(workspace.files) !== undefined;
  const isStandalone = libraries.length === 0 && workspace.runtime.producer === RUNTIME_PACKAGE;
  if (isStandalone) {
    planStandalone(files, workspace, { name, root, port, variables, neighbour });
    files.refuseOverwriting(name, false);
    return { given: options.name, name, root, port, variables, isStandalone, isPackage, files };
  }
  const app = workerAppImports(workspace, libraries);
  files.createBy(`${root}/project.json`, (tree) => {
    tree.write(`${root}/project.json`, projectFile(name, root, neighbour));
  });
  const values = { name, port, app };
  const source = `${root}/src`;
  for (const part of ['main', 'sandbox', 'worker']) {
    files.create(`${source}/${part}.ts`, templates(part), values);
  }
  files.create(`${source}/worker.spec.ts`, templates('spec'), values);
  files.create(`${root}/tsconfig.json`, templates('tsconfig'), {
    offset: offsetFromRoot(root),
    tsconfig: rootTsconfig(workspace.files) ?? 'tsconfig.json',
  });
  planJest(files, workspace, { name, root, model });
  files.refuseOverwriting(name, false);
  return {
    given: options.name,
    name,
    root,
    port,
    variables,
    isStandalone,
    isPackage: false,
    files,
  };
}

/** Each folder of templates holds one file, so that each file can go where the plan says. */
function templates(name: string): string {
  return join(__dirname, 'files', name);
}

function taggedProjects(projects: Readonly<Record<string, ProjectEntry>>, tag: string): Project[] {
  return Object.entries(projects)
    .filter(([, { tags }]) => tags?.includes(tag))
    .map(([name, { root, sourceRoot = `${root}/src` }]) => ({ name, root, sourceRoot }));
}

/** Its targets are inferred from its tags, which are those of its neighbour. */
function projectFile(name: string, root: string, neighbour: ProjectEntry | undefined): string {
  const project = {
    name,
    $schema: `${offsetFromRoot(root)}node_modules/nx/schemas/project-schema.json`,
    projectType: 'application',
    sourceRoot: `${root}/src`,
    tags: [...new Set([...(neighbour?.tags ?? []), TAGS.worker])],
  };
  return `${JSON.stringify(project, undefined, 2)}\n`;
}

/** The tests of a worker need what those of the first one need, such as a database. */
function planJest(
  files: Plan,
  { files: sources }: QueueWorkspace,
  { name, root, model }: { name: string; root: string; model: Project | undefined },
): void {
  const file = `${root}/jest.config.cjs`;
  const text = model && sources.read(`${model.root}/jest.config.cjs`, 'utf-8');
  // What is beside the first worker has the same relative paths.
  if (model && text && posix.dirname(model.root) === posix.dirname(root)) {
    files.createBy(file, (tree) => {
      const own = text.replace(/(displayName: ['"])[^'"]*/, (_, start: string) => start + name);
      tree.write(file, own);
    });
    return;
  }
  const preset = sources.isFile('jest.preset.js')
    ? `, preset: '${offsetFromRoot(root)}jest.preset.js'`
    : '';
  files.create(file, templates('jest'), { name, preset });
}
