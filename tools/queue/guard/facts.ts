import type { AllowOptions } from '../bundle/allow-options';
import type { FileReference } from '../bundle/files/file-reference';
import type { PackageManifest } from '../bundle/npm-package';
import type { Isolation } from '../workspace/index';
import type { BundleGraph } from './bundle-graph';
import type { ModuleImport, ModuleSyntax } from './module-syntax';
import type { MappedProject, ProjectMap } from './project-map';

/** The manifests that say which packages may be imported. `undefined`: there is no such file. */
export interface Manifests {
  workspace: PackageManifest | undefined;
  ofProject: (root: string) => PackageManifest | undefined;
  /** Of the npm package that a file is of, by the file's path relative to the workspace root. */
  ofPackageFile: (path: string) => PackageManifest | undefined;
}

/** What the guard knows of the job runtime. Empty in a workspace without one. */
export interface QueueFacts {
  /** Only of a worker. */
  worker: WorkerFacts | undefined;
  /** The runtime's entry for workers, which nothing but a worker may bundle. */
  consumerEntry: string | undefined;
  /** The runtime's entry for tests, which nothing may bundle. */
  testingEntry: string | undefined;
}

export interface WorkerFacts {
  registry: string;
  /** The processor files. */
  processors: readonly string[];
  /** What the children of isolated processors run, if the bundle has it. */
  sandbox: string | undefined;
  /** The name of the job that a processor file is for. */
  jobOf: (processor: string) => string | undefined;
  isolationOf: (processor: string) => Isolation | undefined;
}

/** The place of an import in a source. */
export type ImportPlace = Pick<ModuleImport, 'line' | 'isHidden' | 'isAwaited'>;

/** Everything that the rules look at. Paths are relative to the workspace root. */
export interface GuardFacts {
  app: MappedProject;
  bundle: BundleGraph;
  projects: ProjectMap;
  manifests: Manifests;
  queue: QueueFacts;
  /** Projects with one of these tags may not be bundled. */
  forbiddenTags: readonly string[];
  /** What may break a rule for a while. */
  allow: readonly AllowOptions[];
  /** What the sources refer to by a path that begins at their own location. */
  references: readonly FileReference[];
  /** Of a file of the workspace. */
  syntaxOf: (path: string) => ModuleSyntax;
  /** Where a file of the workspace imports something. */
  importIn: (path: string, specifier: string) => ImportPlace | undefined;
  existsInWorkspace: (path: string) => boolean;
}
