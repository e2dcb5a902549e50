import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Folders `node_modules` with a link to each package of a workspace. A test may change what is in one, and nothing
 * that it runs there reaches into the workspace's own.
 *
 * A link takes up to a millisecond to make and there are hundreds, so a folder is used again by the next test.
 */
export class LinkedPackages {
  /** The path of each link, below the folder. */
  private links: string[] | undefined;
  /** Where folders wait that no test uses; all are links again. */
  private pool: string | undefined;
  private waiting = 0;
  private isClosed = false;

  constructor(
    /** The `node_modules` that is linked to. */
    private readonly source: string,
  ) {}

  /** Makes the folder. */
  put(folder: string): void {
    if (this.pool !== undefined && this.waiting > 0) {
      this.waiting -= 1;
      renameSync(join(this.pool, String(this.waiting)), folder);
    } else {
      mkdirSync(folder);
      this.repair(folder);
    }
  }

  /** Takes the folder back from a test, unless the test has removed it. */
  take(folder: string): void {
    if (this.isClosed) return;
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
    this.pool ??= mkdtempSync(join(tmpdir(), 'queue-packages-'));
    this.repair(folder);
    renameSync(folder, join(this.pool, String(this.waiting)));
    this.waiting += 1;
  }

  /** Deletes the folders that no test uses, and takes none back from now on. */
  close(): void {
    this.isClosed = true;
    if (this.pool !== undefined) rmSync(this.pool, { recursive: true });
  }

  /** Removes what is no link, and makes the links that are missing. */
  private repair(folder: string): void {
    this.links ??= linksTo(this.source);
    const missing = new Set(this.links);
    for (const [path, isLink] of entriesOf(folder)) {
      if (isLink && missing.delete(path)) continue;
      rmSync(join(folder, path), { recursive: true });
    }
    for (const path of missing) {
      if (path.startsWith('@')) mkdirSync(join(folder, path, '..'), { recursive: true });
      symlinkSync(join(this.source, path), join(folder, path));
    }
  }
}

function linksTo(source: string): string[] {
  return entriesOf(source)
    .map(([path]) => path)
    .filter((path) => !path.startsWith('.') || path === '.bin');
}

/** Each package, the scoped ones among them, and everything else that lies there. */
function entriesOf(folder: string): [path: string, isLink: boolean][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.name.startsWith('@') && entry.isDirectory()
      ? readdirSync(join(folder, entry.name), { withFileTypes: true }).map(
          (inner): [string, boolean] => [`${entry.name}/${inner.name}`, inner.isSymbolicLink()],
        )
      : [[entry.name, entry.isSymbolicLink()] as [string, boolean]],
  );
}
