import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { isOwnSource } from '../own-source';
import type { FileReference, ReadSource } from './file-reference';
import { HELPER_ENTRY } from './helper-module';
import { readSource } from './read-source';

/** What a bundle starts from: the name of each entry's output, without its ending, and its source. */
export type EntryPoints = Readonly<Record<string, string>>;

/** The sources of the workspace that a bundle consists of, with what they refer to by path. */
export class OwnSources {
  private readonly known = new Map<string, { source: string; read: ReadSource }>();

  /** `entryPoints`: absolute paths, by name, without the programs that sources refer to. */
  constructor(
    private readonly workspaceRoot: string,
    private readonly entryPoints: EntryPoints,
  ) {}

  /** The text to bundle. `path` is absolute. */
  read(path: string, source: string): ReadSource {
    const known = this.known.get(path);
    if (known?.source === source) return known.read;
    const read = readSource(path, source, {
      workspaceRoot: this.workspaceRoot,
      entryPoints: Object.values(this.entryPoints),
    });
    this.known.set(path, { source, read });
    return read;
  }

  /** What the sources refer to of which something is in the bundle. */
  references({ outputs }: Metafile): FileReference[] {
    const sources = new Set(
      Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs).filter(isOwnSource)),
    );
    return [...sources].flatMap((source) => {
      const path = join(this.workspaceRoot, source);
      return this.read(path, readFileSync(path, 'utf8')).references;
    });
  }

  /** The entries of a bundle whose sources refer to these files. */
  entriesWith(references: readonly FileReference[]): EntryPoints {
    const programs = references.filter(({ kind }) => kind === 'program');
    return {
      ...this.entryPoints,
      ...Object.fromEntries(
        programs.map(({ target }) => [programName(target), join(this.workspaceRoot, target)]),
      ),
      ...(references.length > 0 ? HELPER_ENTRY : {}),
    };
  }
}

/** The output of a program, without its ending: where a path that is derived from a source finds it. */
export function programName(target: string): string {
  return `files/${target.replace(/\.[cm]?[jt]sx?$/, '')}`;
}
