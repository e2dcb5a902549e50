import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkSources,
  DiskFiles,
  PluginError,
  readQueueWorkspace,
  writeRegistries,
} from '../workspace/index';
import type { ProjectEntry } from '../workspace/index';

/**
 * Brings the registries up to date, as `nx sync` does, and returns a line for each thing that changed
 * or that only a person can mend.
 */
export function syncRegistries(
  workspaceRoot: string,
  projects: Readonly<Record<string, ProjectEntry>>,
): string[] {
  try {
    const workspace = readQueueWorkspace(new DiskFiles(workspaceRoot), projects);
    const changes = writeRegistries(workspace, (path, content) => {
      writeFileSync(join(workspaceRoot, path), content);
    });
    return [
      ...changes.flatMap(({ file, details }) => details.map((detail) => `${file}: ${detail}`)),
      ...checkSources(workspace).map(({ message }) => message),
    ];
  } catch (error) {
    if (error instanceof PluginError) return [error.message];
    throw error;
  }
}
