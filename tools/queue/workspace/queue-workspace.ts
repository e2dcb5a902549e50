import { didYouMean } from '../terminal/similar-names';
import { ImportPaths } from './import-paths';
import { isInstalled, RUNTIME_PACKAGE } from './runtime-package';
import { packageManager } from './package-manager';
import { PLUGIN_NAME } from './plugin-name';
import { PluginError } from './plugin.error';
import type { SourceFiles } from './source-files';

/**
 * The projects of a workspace as this plugin sees them. Nothing here is known by name or by path:
 * a project says what it is by its tag.
 */
export const TAGS = {
  /** An application that runs processors. */
  worker: 'queue:worker',
  /** A library of job contracts, `*.job.ts`. */
  jobs: 'queue:jobs',
  /** The library that `defineJob` and `@JobProcessor` come from. */
  runtime: 'queue:runtime',
  /** The library that starts a worker: `startWorker`, `runWorkerSandbox`. */
  workerApp: 'queue:worker-app',
} as const;

/** The part of Nx's `ProjectConfiguration` that is used here. */
export interface ProjectEntry {
  root: string;
  sourceRoot?: string;
  tags?: string[];
  /** As its project.json declares them. */
  targets?: Readonly<Record<string, { executor?: string; options?: unknown } | undefined>>;
}

export interface Project {
  name: string;
  /** Relative to the workspace root. */
  root: string;
  sourceRoot: string;
}

/** What one imports from the runtime, by what it is for. */
export interface RuntimeImports {
  /** `defineJob`, `InjectJob`, `JobProducer`, `QueueModule`. */
  producer: string;
  /** `JobProcessor`, `JobHost`, `JobContext`, `ProcessorRegistry`. */
  consumer: string;
  /** The test harness. */
  testing: string;
  /** `runEnqueue`, `runDead`: the commands of a worker. */
  cli: string;
}

export interface QueueWorkspace {
  files: SourceFiles;
  workers: Project[];
  contractProjects: Project[];
  imports: ImportPaths;
  runtime: RuntimeImports;
}

/**
 * Finds the workers, the contracts and the runtime among the projects, by their tags. Without a project for the runtime, it
 * is the npm package that a package.json of the workspace lists.
 */
export function readQueueWorkspace(
  files: SourceFiles,
  projects: Readonly<Record<string, ProjectEntry>>,
): QueueWorkspace {
  const tagged = (tag: string): Project[] =>
    Object.entries(projects)
      .filter(([, project]) => project.tags?.includes(tag))
      .map(([name, { root, sourceRoot }]) => ({
        name,
        root,
        sourceRoot: sourceRoot ?? (files.exists(`${root}/src`) ? `${root}/src` : root),
      }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en'));

  const imports = new ImportPaths(
    files,
    Object.values(projects).map(({ root }) => root),
  );
  return {
    files,
    workers: tagged(TAGS.worker),
    contractProjects: tagged(TAGS.jobs),
    imports,
    runtime: runtimeImports(tagged(TAGS.runtime), imports, () =>
      isInstalled(
        files,
        Object.values(projects).map(({ root }) => root),
      ),
    ),
  };
}

/**
 * A project is named as a worker, and is not one.
 *
 * To do: use one of the workers in the message, or add the tag `queue:worker` to the project's project.json.
 */
export class UnknownWorkerError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_UNKNOWN_WORKER';

  constructor(name: string, workers: readonly Project[]) {
    const names = workers.map((worker) => worker.name);
    const known = names.join(', ') || 'none';
    super(
      `"${name}" is not a worker.${didYouMean(name, names)} Workers of this workspace: ${known}. ` +
        `A worker is a project with the tag "${TAGS.worker}" in its project.json.`,
    );
  }
}

/**
 * The job runtime cannot be found: no package.json lists it, and no project has the tag `queue:runtime`; or several
 * projects have it, or one of its entries has no import path.
 *
 * To do: run the generator `init`, which installs `nest-job-queue`. Or give exactly one project the tag `queue:runtime`, and each of its entries a line
 * in `compilerOptions.paths` of tsconfig.base.json.
 */
export class RuntimeProjectError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_RUNTIME_PROJECT';
}

/** The worker by this name. Throws `UnknownWorkerError` if there is none. */
export function findWorker(workspace: QueueWorkspace, name: string): Project {
  const worker = workspace.workers.find((candidate) => candidate.name === name);
  if (worker) return worker;
  throw new UnknownWorkerError(name, workspace.workers);
}

function runtimeImports(
  tagged: Project[],
  imports: ImportPaths,
  isPackageInstalled: () => boolean,
): RuntimeImports {
  const [runtime, second] = tagged;
  if (!runtime) {
    if (isPackageInstalled()) return packageImports();
    throw new RuntimeProjectError(
      `No package.json of this workspace lists ${RUNTIME_PACKAGE}, and no project has the tag "${TAGS.runtime}". ` +
        `Set the workspace up: ${packageManager().exec} nx g ${PLUGIN_NAME}:init. ` +
        'Or add the tag in the project.json of the library that holds defineJob and JobProcessor.',
    );
  }
  if (second) {
    throw new RuntimeProjectError(
      `Only one project may have the tag "${TAGS.runtime}", but these have it: ` +
        `${tagged.map(({ name }) => name).join(', ')}.`,
    );
  }
  const entry = (name: string): string => {
    const file = `${runtime.sourceRoot}/${name}.ts`;
    const specifier = imports.specifierFor(file);
    if (specifier) return specifier;
    throw new RuntimeProjectError(
      `${file} of the project "${runtime.name}" has no import path. ` +
        'Add one to "compilerOptions.paths" in tsconfig.base.json.',
    );
  };
  return {
    producer: entry('index'),
    consumer: entry('consumer'),
    testing: entry('testing'),
    cli: entry('cli'),
  };
}

function packageImports(): RuntimeImports {
  return {
    producer: RUNTIME_PACKAGE,
    consumer: `${RUNTIME_PACKAGE}/consumer`,
    testing: `${RUNTIME_PACKAGE}/testing`,
    cli: `${RUNTIME_PACKAGE}/cli`,
  };
}
