import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';

const root = join(__dirname, '../../..');

/** What Nx hands to a command of a worker of this workspace. */
export function commandContext(projectName: string): ExecutorContext {
  const context = {
    root,
    projectName,
    projectsConfigurations: {
      version: 2,
      projects: projects('apps/worker', 'libs/jobs', 'libs/queue'),
    },
  };
  // The rest of it is not looked at.
  return context as unknown as ExecutorContext;
}

function projects(...folders: string[]): Record<string, unknown> {
  return Object.fromEntries(
    folders.map((folder) => {
      const project = JSON.parse(readFileSync(join(root, folder, 'project.json'), 'utf8')) as {
        name: string;
      };
      return [project.name, { ...project, root: folder }];
    }),
  );
}
