import { parseJson } from '@nx/devkit';
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

interface Manifest {
  name?: string;
  nx?: ProjectOnDisk & { name?: string };
}

/**
 * The projects of a workspace without Nx's graph, which takes seconds: what their own files say, without what plugins
 * of Nx would add.
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
      const project = parseJson<ProjectOnDisk & { name?: string }>(files.read(path, 'utf-8') ?? '');
      const name = project.name ?? folder.split('/').at(-1) ?? folder;
      projects[name] = { ...projects[name], ...project, root: folder };
    } else if (file === 'package.json') {
      const { name, nx } = parseJson<Manifest>(files.read(path, 'utf-8') ?? '');
      const key = nx?.name ?? name;
      if (nx && key !== undefined) projects[key] = { ...nx, ...projects[key], root: folder };
    }
  }
  return projects;
}
