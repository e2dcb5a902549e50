import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What this plugin needs to read from a workspace. Nx's `Tree` has these methods, so a generator
 * passes its tree (and sees its own unwritten files); everything else passes `DiskFiles`.
 * Paths are relative to the workspace root, with `/` on every platform.
 */
export interface SourceFiles {
  read(path: string, encoding: 'utf-8'): string | null;
  exists(path: string): boolean;
  isFile(path: string): boolean;
  /** Names (not paths) of the entries of a folder; none if the folder does not exist. */
  children(path: string): string[];
}

/** The workspace as it is on disk. */
export class DiskFiles implements SourceFiles {
  private readonly workspaceRoot: string;

  constructor(workspaceRoot: string) {
    this.workspaceRoot = workspaceRoot;
  }

  read(path: string): string | null {
    return this.isFile(path) ? readFileSync(join(this.workspaceRoot, path), 'utf8') : null;
  }

  exists(path: string): boolean {
    return existsSync(join(this.workspaceRoot, path));
  }

  isFile(path: string): boolean {
    return statSync(join(this.workspaceRoot, path), { throwIfNoEntry: false })?.isFile() ?? false;
  }

  children(path: string): string[] {
    return this.exists(path) ? readdirSync(join(this.workspaceRoot, path)) : [];
  }
}

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', '.git', '.nx']);

/** No folder is named like this, so nothing has to be asked about most files. */
const FILE_NAME = /\.(?:[cm]?tsx?|json|md)$/;

/** Every file below `folder` whose name ends with one of these, sorted by path. */
export function findFiles(
  files: SourceFiles,
  folder: string,
  ...suffixes: readonly string[]
): string[] {
  const found: string[] = [];
  const walk = (current: string): void => {
    for (const name of files.children(current)) {
      const path = current === '.' || current === '' ? name : `${current}/${name}`;
      if (FILE_NAME.test(name) || files.isFile(path)) {
        if (suffixes.some((suffix) => name.endsWith(suffix))) found.push(path);
      } else if (!SKIPPED_FOLDERS.has(name)) {
        walk(path);
      }
    }
  };
  walk(folder);
  return found.sort();
}
