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

/** One line for each thing. */
export interface RegistrySync {
  changes: string[];
  /** What only a person can fix. */
  problems: string[];
}

/** Brings the registries up to date, as `nx sync` does. */
export function syncRegistries(
  workspaceRoot: string,
  projects: Readonly<Record<string, ProjectEntry>>,
): RegistrySync {
  try {
    const workspace = readQueueWorkspace(new DiskFiles(workspaceRoot), projects);
    const changes = writeRegistries(workspace, (path, content) => {
      writeFileSync(join(workspaceRoot, path), content);
    });
    return {
      changes: changes.flatMap(({ file, details }) =>
        details.map((detail) => `${file}: ${detail}`),
      ),
      problems: checkSources(workspace).map(({ message }) => message),
    };
  } catch (error) {
    if (error instanceof PluginError) return { changes: [], problems: [error.message] };
    throw error;
  }
}
