import { parseJsonText } from './json-text';
import { inferTargets, inferenceOptions } from './inferred-targets.cjs';
import type { ProjectEntry } from './queue-workspace';
import type { SourceFiles } from './source-files';

/** The part of a target that is read here. */
export interface TargetEntry {
  executor?: string;
  options?: Record<string, unknown>;
}

/** A project as its own file describes it. */
export interface ProjectOnDisk extends ProjectEntry {
  targets?: Record<string, TargetEntry>;
}

type NxJson = Parameters<typeof inferenceOptions>[0];

interface Manifest {
  name?: string;
  nx?: ProjectOnDisk & { name?: string };
}

/**
 * The projects of a workspace without Nx's graph, which takes seconds: what their own files say, and the targets that
 * this plugin adds, without what other plugins of Nx would add.
 *
 * @param paths of the files that may describe a project
 */
export function projectsOnDisk(
  files: SourceFiles,
  paths: readonly string[],
): Record<string, ProjectOnDisk> {
  const projects: Record<string, ProjectOnDisk> = {};
  for (const path of paths) {
    const [, folder = '.', file] = /^(?:(.+)\/)?([^/]+)$/.exec(path) ?? [];
    if (file === 'project.json') {
      const project = parseJsonText(files.read(path, 'utf-8') ?? '') as ProjectOnDisk & {
        name?: string;
      };
      const name = project.name ?? folder.split('/').at(-1) ?? folder;
      projects[name] = { ...projects[name], ...project, root: folder };
    } else if (file === 'package.json') {
      const { name, nx } = parseJsonText(files.read(path, 'utf-8') ?? '') as Manifest;
      const key = nx?.name ?? name;
      if (nx && key !== undefined) projects[key] = { ...nx, ...projects[key], root: folder };
    }
  }
  return withInferredTargets(files, projects);
}

/** As Nx merges them: what a project's own file says about a target is added to what is inferred. */
function withInferredTargets(
  files: SourceFiles,
  projects: Record<string, ProjectOnDisk>,
): Record<string, ProjectOnDisk> {
  const nxJson = parseJsonText(files.read('nx.json', 'utf-8') ?? '{}') as NxJson;
  const options = inferenceOptions(nxJson);
  if (options === undefined) return projects;
  const read = (path: string) => files.read(path, 'utf-8');
  return Object.fromEntries(
    Object.entries(projects).map(([name, project]) => {
      const targets: Record<string, TargetEntry> = inferTargets(project, read, options);
      for (const [target, own] of Object.entries(project.targets ?? {})) {
        const inferred = targets[target];
        const isSame = own.executor === undefined || own.executor === inferred?.executor;
        targets[target] = isSame
          ? { ...inferred, ...own, options: { ...inferred?.options, ...own.options } }
          : own;
      }
      return [name, Object.keys(targets).length === 0 ? project : { ...project, targets }];
    }),
  );
}
