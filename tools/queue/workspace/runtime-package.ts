import { parseJsonText } from './json-text';
import { posix } from 'node:path';
import type { SourceFiles } from './source-files';

/** The job runtime as an npm package, for workspaces that do not have it as a project. */
export const RUNTIME_PACKAGE = 'nest-job-queue';

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** Whether the package.json of the workspace or of one of its projects lists the runtime. */
export function isInstalled(files: SourceFiles, projectRoots: readonly string[]): boolean {
  return ['.', ...projectRoots].some((root) => {
    const path = posix.join(root, 'package.json');
    const text = files.isFile(path) ? files.read(path, 'utf-8') : null;
    if (text === null) return false;
    const { dependencies, devDependencies } = parseJsonText(text) as Manifest;
    return RUNTIME_PACKAGE in { ...dependencies, ...devDependencies };
  });
}
