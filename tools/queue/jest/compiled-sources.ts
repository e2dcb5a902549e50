import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { TransformedSource } from '@jest/transform';

interface Entry extends TransformedSource {
  readonly key: string;
}

/**
 * What the sources of a workspace were compiled to, for the tests of every project that imports them: Jest keeps its
 * own results of each project apart. Each source has one entry, that of its last version.
 */
export class CompiledSources {
  private readonly folder: string | undefined;

  /** `folder` is below `node_modules` of the workspace. */
  constructor(
    private readonly workspace: string,
    folder: string,
  ) {
    // A copy of a workspace that only links to its packages would overwrite the entries.
    const packages = lstatSync(join(workspace, 'node_modules'), { throwIfNoEntry: false });
    this.folder = packages?.isDirectory() === true ? folder : undefined;
  }

  get(path: string, key: string): TransformedSource | undefined {
    const file = this.fileOf(path);
    if (file === undefined || !existsSync(file)) return undefined;
    const entry = JSON.parse(readFileSync(file, 'utf8')) as Entry;
    return entry.key === key ? entry : undefined;
  }

  /** At once: another worker of Jest may be at the same. */
  set(path: string, entry: Entry): void {
    const file = this.fileOf(path);
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(entry));
    renameSync(draft, file);
  }

  /** `undefined` for a file of a package, or of no workspace. */
  private fileOf(path: string): string | undefined {
    const inside = relative(this.workspace, path);
    const isOutside = inside.startsWith('..') || inside.split(sep).includes('node_modules');
    return this.folder === undefined || isOutside ? undefined : join(this.folder, `${inside}.json`);
  }
}
