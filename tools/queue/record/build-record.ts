import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import type { Metafile } from 'esbuild';
import type { BundleNode } from '../guard/bundle-graph';
import type { LeftOutPackage } from '../bundle/packages.plugin';
import type { Allowed } from '../bundle/allow-options';
import type { Finding } from '../guard/finding';
import { PluginError } from '../workspace/plugin.error';
import type { BuildInputs } from './build-inputs';
import type { BundleRoot } from './bundle-roots';
import type { AwaitedImports } from './import-lines';
import { packageManager } from '../workspace/package-manager';
import { type PackedBundle, packBundle } from './packed-bundle';
import { formatParts, readParts } from './record-file';
import { graphOfProjects } from './recorded-graph';

/** How large a bundle is, in bytes of its files without source maps. */
export interface BundleSizes {
  bytes: number;
  /** What a process reads that starts `main.js`, before it loads a processor. */
  start: number;
  /**
   * By part: of `start` and `sandbox` all that such a process reads at its start; of a processor what it adds to the
   * start, be it shared with other processors or not.
   */
  parts: { kind: 'start' | 'sandbox' | 'processor'; name: string; bytes: number }[];
  /** By project and package, the largest first; `start`: the part of it that `main.js` reads at its start. */
  contents: SizedContent[];
  /** Installed beside the bundle. */
  external: { name: string; version: string }[];
}

/** A package, or a project of the workspace; `bundler`: what the bundler adds. */
export interface SizedContent {
  kind: 'project' | 'package' | 'bundler';
  name: string;
  bytes: number;
  start: number;
}

/** What is known of the last build of an application, good or not. `why` and `report` read it. */
export interface BuildReport {
  project: string;
  /** The files that the bundle starts from, relative to the workspace root. */
  entries: string[];
  /** The packages that must be installed beside it. */
  external: { name: string; version: string; reason: string }[];
  leftOut: LeftOutPackage[];
  findings: Finding[];
  /** What the option `allow` covers. */
  allowed: Allowed[];
  /** The files that it covered in the last good build. */
  allowedFiles: string[];
  /** The files of the last good build, relative to its folder. */
  files: string[];
  /** The files of the bundle. */
  metafile: Pick<Metafile, 'outputs'>;
  /** Of the last build that kept its size budget; undefined if there was none. */
  sizes?: BundleSizes | undefined;
  /** The imports between its sources, as the guard has read them. */
  bundle: PackedBundle;
  /** The part of Nx's graph that they ask, as it was: all of it, and that of the projects alone. */
  graph: ProjectGraph;
  projects: ProjectGraph;
  /** What the parts of the bundle are loaded through. */
  roots: BundleRoot[];
  awaited: AwaitedImports;
  /** The version of Node.js. */
  node: string;
  /** What it was built from. */
  inputs: BuildInputs;
}

/** What a build knows of itself. */
export type Build = Omit<BuildReport, 'bundle' | 'projects'> & {
  nodes: ReadonlyMap<string, BundleNode>;
};

/** Not in the folder of the bundle itself, which is for deployment and stays lean. */
export function buildReportPath(workspaceRoot: string, project: string): string {
  return join(workspaceRoot, 'dist', 'reports', project, 'bundle.json');
}

export function writeBuildReport(
  workspaceRoot: string,
  { nodes, graph, metafile, ...build }: Build,
): void {
  const path = buildReportPath(workspaceRoot, build.project);
  const report: BuildReport = {
    ...build,
    metafile: { outputs: metafile.outputs },
    graph,
    projects: graphOfProjects(graph),
    bundle: packBundle(nodes),
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatParts({ ...report }));
}

/**
 * `why` or `report` is asked about an application that was never built.
 *
 * To do: build it, with `npx nx build <project>`.
 */
export class NotBuiltError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NOT_BUILT';

  constructor(project: string) {
    super(`"${project}" has not been built yet. Run: ${packageManager().exec} nx build ${project}`);
  }
}

/** What the record keeps of the last good build; nothing if there was none. */
export function lastGoodBuild(
  workspaceRoot: string,
  project: string,
): Pick<BuildReport, 'files' | 'sizes' | 'allowedFiles'> {
  if (!existsSync(buildReportPath(workspaceRoot, project))) return { files: [], allowedFiles: [] };
  // An older version of this plugin did not write them down.
  const report: Partial<BuildReport> = readBuildReport(workspaceRoot, project);
  const { files = [], sizes, allowedFiles = [] } = report;
  return { files, sizes, allowedFiles };
}

/** The report that was read last: it has some megabytes, and `npx queue why` reads it twice. */
let lastRead: { path: string; time: number; report: BuildReport } | undefined;

/** Throws `NotBuiltError` if the application was never built. */
export function readBuildReport(workspaceRoot: string, project: string): BuildReport {
  const path = buildReportPath(workspaceRoot, project);
  const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (time === undefined) throw new NotBuiltError(project);
  if (lastRead?.path === path && lastRead.time === time) return lastRead.report;
  const parts = readParts(readFileSync(path, 'latin1'));
  // Written above, by the same version of this plugin: the target's inputs include it. What another one has written is
  // asked only for what it has.
  const report = (parts ?? olderReport(path)) as unknown as BuildReport;
  lastRead = { path, time, report };
  return report;
}

/** What a version of this plugin has written that did not write parts; nobody knows whether it is up to date. */
function olderReport(path: string): object {
  return { ...(JSON.parse(readFileSync(path, 'utf8')) as object), inputs: undefined };
}
