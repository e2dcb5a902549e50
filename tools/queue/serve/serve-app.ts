import type { ServeAppOptions, ServedProject } from './serve-options';
import { UnknownProjectError } from '../workspace/unknown-project.error';
import { ServedApp } from './served-app';
import { requirePosixShell } from './served-process';

/**
 * Runs an application and restarts it when a source file changes. Resolves once it was started for
 * the first time, or once it is known not to compile; either way it waits for changes from then on.
 * Throws a `PluginError` if it cannot be started at all.
 */
export async function serveApp(options: ServeAppOptions): Promise<ServedApp> {
  requirePosixShell();
  const projects = options.projects ?? (await readProjects());
  const project = projects[options.project];
  if (!project) throw new UnknownProjectError(options.project, Object.keys(projects));
  const app = new ServedApp(options, project, projects);
  try {
    await app.start();
  } catch (error) {
    await app.stop();
    throw error;
  }
  return app;
}

/** Asks Nx, which is loaded only if the caller does not have the projects. */
async function readProjects(): Promise<Record<string, ServedProject>> {
  const { createProjectGraphAsync, readProjectsConfigurationFromProjectGraph } =
    await import('@nx/devkit');
  const graph = await createProjectGraphAsync({ exitOnError: false });
  return readProjectsConfigurationFromProjectGraph(graph).projects;
}
