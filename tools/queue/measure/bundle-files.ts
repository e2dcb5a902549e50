import type { Metafile } from 'esbuild';

export type BundleFile = Metafile['outputs'][string];

/** The files of a bundle without the source maps, and which of them load which. */
export class BundleFiles {
  readonly all: ReadonlyMap<string, BundleFile>;

  constructor({ outputs }: Pick<Metafile, 'outputs'>) {
    this.all = new Map(Object.entries(outputs).filter(([path]) => !path.endsWith('.map')));
  }

  /** The file that a source is the entry of: one to run with node, or the target of an `import()`. */
  startingWith(source: string): string | undefined {
    return [...this.all].find(([, { entryPoint }]) => entryPoint === source)?.[0];
  }

  /** A file and all that Node reads along with it, before any of it runs. */
  loadedWith(path: string): Set<string> {
    return this.follow(path, ({ kind }) => kind !== 'dynamic-import');
  }

  /** A file and all that it may ever load, but nothing through the files in `except`. */
  reachedFrom(path: string, except: ReadonlySet<string>): Set<string> {
    return this.follow(path, (imported) => !except.has(imported.path));
  }

  private follow(
    path: string,
    mayFollow: (imported: BundleFile['imports'][number]) => boolean,
  ): Set<string> {
    const found = new Set([path]);
    for (const current of found) {
      for (const imported of this.all.get(current)?.imports ?? []) {
        if (this.all.has(imported.path) && mayFollow(imported)) found.add(imported.path);
      }
    }
    return found;
  }
}
