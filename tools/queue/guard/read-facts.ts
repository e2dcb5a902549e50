import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { readProjectsConfigurationFromProjectGraph } from '@nx/devkit';
import type { Bundle } from '../bundle/bundler';
import type { BundleSettings } from '../bundle/bundle-settings';
import {
  DiskFiles,
  listProcessors,
  PluginError,
  type QueueWorkspace,
  readQueueWorkspace,
  registryPath,
  sandboxPath,
  TAGS,
  UnknownProjectError,
} from '../workspace/index';
import { readBundle } from './read-bundle';
import type { GuardFacts, QueueFacts } from './facts';
import type { ModuleSyntax } from './module-syntax';
import { readModuleSyntax } from './lazy-syntax';
import { ProjectMap } from './project-map';
import { readManifests } from './read-manifests';

type AppLocation = Pick<
  BundleSettings,
  'workspaceRoot' | 'project' | 'entryPoints' | 'forbiddenTags' | 'allow'
>;

/** Gathers what the guard looks at. The guard itself reads no file. */
export function readGuardFacts(
  { workspaceRoot, project, entryPoints, forbiddenTags, allow }: AppLocation,
  {
    metafile,
    external,
    references = [],
  }: Pick<Bundle, 'metafile'> &
    Partial<Pick<Bundle, 'references'>> & { external: ReadonlyMap<string, unknown> },
  graph: ProjectGraph,
): GuardFacts {
  const projects = new ProjectMap(graph);
  const app = projects.projects.get(project);
  if (!app) throw new UnknownProjectError(project, projects.projects.keys());
  const entries = Object.values(entryPoints).map((path) =>
    relative(workspaceRoot, path).split(sep).join('/'),
  );
  const syntaxOf = syntaxReader(workspaceRoot);
  return {
    app,
    bundle: readBundle(metafile, entries, [...external.keys()]),
    projects,
    manifests: readManifests(workspaceRoot),
    queue: readQueueFacts(workspaceRoot, project, graph, entries),
    forbiddenTags,
    allow,
    references,
    syntaxOf,
    importIn: (path, specifier) => {
      const { imports, reExports } = syntaxOf(path);
      return [...imports, ...reExports].find((found) => found.specifier === specifier);
    },
    existsInWorkspace: (path) => existsSync(join(workspaceRoot, path)),
  };
}

/** A workspace without the job runtime has none of this, and its applications can be built too. */
function readQueueFacts(
  workspaceRoot: string,
  project: string,
  graph: ProjectGraph,
  entries: readonly string[],
): QueueFacts {
  try {
    const { projects } = readProjectsConfigurationFromProjectGraph(graph);
    const workspace = readQueueWorkspace(new DiskFiles(workspaceRoot), projects);
    const worker = workspace.workers.find(({ name }) => name === project);
    const processors = worker ? listProcessors(workspace, worker) : [];
    const find = (path: string) => processors.find(({ file }) => file === path);
    return {
      worker: worker && {
        registry: registryPath(worker),
        processors: processors.map(({ file }) => file),
        sandbox: entries.find((entry) => entry === sandboxPath(worker)),
        jobOf: (path) => find(path)?.contract?.name,
        isolationOf: (path) => find(path)?.classes[0]?.isolation,
      },
      consumerEntry: entryFile(workspace, workspace.runtime.consumer, workspaceRoot),
      testingEntry: entryFile(workspace, workspace.runtime.testing, workspaceRoot),
    };
  } catch (error) {
    const usesJobs = graph.nodes[project]?.data.tags?.includes(TAGS.worker);
    if (usesJobs || !(error instanceof PluginError)) throw error;
    return { worker: undefined, consumerEntry: undefined, testingEntry: undefined };
  }
}

/** An entry of the runtime as the bundle names it: a source of the workspace, or a file of the installed package. */
function entryFile(
  { imports }: QueueWorkspace,
  specifier: string,
  workspaceRoot: string,
): string | undefined {
  const source = imports.fileFor(specifier, '');
  if (source !== undefined) return source;
  try {
    const path = createRequire(join(workspaceRoot, 'package.json')).resolve(specifier);
    return relative(workspaceRoot, path).split(sep).join('/');
  } catch {
    // A project's own node_modules may have it, and the root none.
    return undefined;
  }
}

function syntaxReader(workspaceRoot: string): (path: string) => ModuleSyntax {
  const known = new Map<string, ModuleSyntax>();
  return (path) => {
    const syntax =
      known.get(path) ?? readModuleSyntax(path, readFileSync(join(workspaceRoot, path), 'utf8'));
    known.set(path, syntax);
    return syntax;
  };
}
