import { parseJsonText } from '../workspace/json-text';
import { findMarkers } from '../workspace/built-program.cjs';
import { type ProjectOnDisk, projectsOnDisk } from '../workspace/projects-on-disk';
import { DiskFiles } from '../workspace/source-files';

type Targets = NonNullable<ProjectOnDisk['targets']>;

/** The projects of a workspace with the options of their targets, in milliseconds: without Nx's project graph. */
export function readProjects(workspaceRoot: string): Record<string, ProjectOnDisk> {
  const files = new DiskFiles(workspaceRoot);
  const nxJson = parseJsonText(files.read('nx.json') ?? '{}') as { targetDefaults?: Targets };
  const markers = findMarkers(workspaceRoot).filter((path) => path.endsWith('.json'));
  const projects = Object.entries(projectsOnDisk(files, markers));
  return Object.fromEntries(
    projects.map(([name, project]) => {
      const targets = Object.entries(project.targets ?? {}).map(([target, entry]) => {
        const { targetDefaults = {} } = nxJson;
        const defaults = targetDefaults[entry.executor ?? ''] ?? targetDefaults[target];
        return [target, { ...entry, options: { ...defaults?.options, ...entry.options } }];
      });
      return [name, { ...project, targets: Object.fromEntries(targets) as Targets }];
    }),
  );
}
