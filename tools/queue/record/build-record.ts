import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import type { Metafile } from 'esbuild';
import type { LeftOutPackage } from '../bundle/packages.plugin';
import type { Finding } from '../guard/finding';
import type { Stamp } from '../workspace/built-program.cjs';
import { PluginError } from '../workspace/plugin.error';
import type { BundleRoot } from './bundle-roots';
import type { AwaitedImports } from './import-lines';

/** What is known of the last build of an application, good or not. `why` and `report` read it. */
export interface BuildReport {
  project: string;
  /** The files that the bundle starts from, relative to the workspace root. */
  entries: string[];
  /** The packages that must be installed beside it. */
  external: { name: string; version: string; reason: string }[];
  leftOut: LeftOutPackage[];
  findings: Finding[];
  /** The files of the last good build, relative to its folder. */
  files: string[];
  metafile: Metafile;
  /** The part of Nx's graph that they ask, as it was. */
  graph: ProjectGraph;
  /** What the parts of the bundle are loaded through. */
  roots: BundleRoot[];
  awaited: AwaitedImports;
  /** The version of Node.js. */
  node: string;
  /** What it was built from: see `buildInputs`. */
  inputs: Stamp[];
}

/** Not in the folder of the bundle itself, which is for deployment and stays lean. */
export function buildReportPath(workspaceRoot: string, project: string): string {
  return join(workspaceRoot, 'dist', 'reports', project, 'bundle.json');
}

export function writeBuildReport(workspaceRoot: string, report: BuildReport): void {
  const path = buildReportPath(workspaceRoot, report.project);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report)}\n`);
}

/**
 * `why` or `report` is asked about an application that was never built.
 *
 * To do: build it, with `npx nx build <project>`.
 */
export class NotBuiltError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NOT_BUILT';

  constructor(project: string) {
    super(`"${project}" has not been built yet. Run: npx nx build ${project}`);
  }
}

/** The files that the last good build wrote, relative to its folder; none if there was none. */
export function writtenFiles(workspaceRoot: string, project: string): string[] {
  if (!existsSync(buildReportPath(workspaceRoot, project))) return [];
  // An older version of this plugin did not write them down.
  const report: Partial<BuildReport> = readBuildReport(workspaceRoot, project);
  return report.files ?? [];
}

/** Throws `NotBuiltError` if the application was never built. */
export function readBuildReport(workspaceRoot: string, project: string): BuildReport {
  const path = buildReportPath(workspaceRoot, project);
  if (!existsSync(path)) throw new NotBuiltError(project);
  // Written above, by the same version of this plugin: the target's inputs include it.
  return JSON.parse(readFileSync(path, 'utf8')) as BuildReport;
}
