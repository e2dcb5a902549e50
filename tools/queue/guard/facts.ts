import type { PackageManifest } from '../bundle/npm-package';
import type { Isolation } from '../workspace/index';
import type { BundleGraph, BundleImport, BundleNode } from './bundle-graph';
import type { FindingLink } from './finding';
import type { ModuleSyntax } from './module-syntax';
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

/** Everything that the rules look at. Paths are relative to the workspace root. */
export interface GuardFacts {
  app: MappedProject;
  bundle: BundleGraph;
  projects: ProjectMap;
  manifests: Manifests;
  queue: QueueFacts;
  /** Projects with one of these tags may not be bundled. */
  forbiddenTags: readonly string[];
  /** Of a file of the workspace. */
  syntaxOf: (path: string) => ModuleSyntax;
}

/** What is needed to tell in which line of a file an import stands. */
export type Sources = Pick<GuardFacts, 'bundle' | 'syntaxOf'>;

/** A file that imports another one, or a package, that is in the bundle. */
export interface Edge {
  from: BundleNode;
  to: BundleNode;
  specifier: string;
  isLazy: boolean;
}

/** Every import in the bundle whose target is part of it. */
export function bundledEdges({ bundle }: GuardFacts): Edge[] {
  return [...bundle.nodes.values()].flatMap((from) =>
    from.imports.flatMap(({ target, specifier, isLazy }) => {
      const to = bundle.nodes.get(target);
      return to && bundle.isBundled(to) ? [{ from, to, specifier, isLazy }] : [];
    }),
  );
}

/** The shortest chain to an import, and the import itself. */
export function chainThrough(
  facts: GuardFacts,
  { from, to, specifier, isLazy }: Edge,
): FindingLink[] {
  const links = facts.bundle.shortestChain((node) => node === from);
  return withLines(facts, [...links, { path: to.path, specifier, isLazy }]);
}

/** Where in its file each link of a chain imports the next one. */
export function withLines(facts: Sources, chain: readonly FindingLink[]): FindingLink[] {
  return chain.map((link, index) => {
    const specifier = chain[index + 1]?.specifier;
    const line = specifier === undefined ? undefined : placeOf(facts, link.path, specifier)?.line;
    return line === undefined ? link : { ...link, line };
  });
}

/** The place of an import in a file of the workspace; `undefined` inside a package. */
export function placeOf(
  { bundle, syntaxOf }: Sources,
  path: string,
  specifier: string,
): { line: number; isHidden: boolean } | undefined {
  if (!isOwnFile(bundle.nodes.get(path))) return undefined;
  const { imports, reExports } = syntaxOf(path);
  return [...imports, ...reExports].find((found) => found.specifier === specifier);
}

export type OwnFile = BundleNode & { kind: 'file'; package: undefined };

/** A file of the workspace, in contrast to one of an npm package. */
export function isOwnFile(node: BundleNode | undefined): node is OwnFile {
  return node?.kind === 'file' && node.package === undefined && /\.[cm]?[jt]sx?$/.test(node.path);
}

/** The import of this import statement, as the bundler resolved it. */
export function importOf(node: BundleNode, specifier: string): BundleImport | undefined {
  return node.imports.find((candidate) => candidate.specifier === specifier);
}
