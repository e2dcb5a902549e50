import type { ServeOptions, ServedProject } from '@tools/queue/serve';
import { StartError } from './start.error';

/** How `nx serve` would run a project. */
export function serveOptions(
  projects: Record<string, ServedProject>,
  project: string,
): ServeOptions {
  const target = projects[project]?.targets?.['serve'];
  if (!target) {
    throw new StartError(
      `npm start runs "${project}", but this workspace has no such project with a target "serve". ` +
        'Which applications it runs is decided in tools/start/src/started-app.ts.',
    );
  }
  // Nx checks it against the schema of the executor.
  return target.options ?? {};
}
