import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { BundleGraph } from '../guard/bundle-graph';
import type { GuardFacts } from '../guard/facts';
import { ProjectMap } from '../guard/project-map';
import { readManifests } from '../guard/read-manifests';
import { UnknownProjectError } from '../workspace/unknown-project.error';
import type { BuildReport } from './build-record';
import { readBuildReport } from './build-record';
import type { BundleRoot } from './bundle-roots';
import { importLines } from './import-lines';
import { unpackBundle } from './packed-bundle';

/** Of what the guard knew, that which can be read without parsing a source. */
export type BuiltFacts = Pick<
  GuardFacts,
  'app' | 'bundle' | 'projects' | 'manifests' | 'importIn' | 'existsInWorkspace'
>;

/** The last build of an application, with what the guard knew of it. */
export interface BuiltApp {
  workspaceRoot: string;
  report: BuildReport;
  facts: BuiltFacts;
  roots: readonly BundleRoot[];
  readonly graph: ProjectGraph;
}

/** Throws `NotBuiltError` if the application was never built. */
export function readBuiltApp(workspaceRoot: string, project: string): BuiltApp {
  const report = readBuildReport(workspaceRoot, project);
  const projects = new ProjectMap(report.projects);
  const app = projects.projects.get(project);
  if (!app) throw new UnknownProjectError(project, projects.projects.keys());
  const facts = {
    app,
    bundle: new BundleGraph(unpackBundle(report.bundle), report.entries),
    projects,
    manifests: readManifests(workspaceRoot),
    importIn: importLines(workspaceRoot, report.awaited),
    existsInWorkspace: (path: string) => existsSync(join(workspaceRoot, path)),
  };
  return {
    workspaceRoot,
    report,
    facts,
    roots: report.roots,
    // Only what is not in the bundle is looked for in it.
    get graph() {
      return report.graph;
    },
  };
}
