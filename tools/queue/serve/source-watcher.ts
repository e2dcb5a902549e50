import { basename, relative, sep } from 'node:path';
// An alias in package.json: some packages have another version of chokidar as a peer, and npm would refuse them.
import type { FSWatcher } from 'chokidar-4';

/**
 * In milliseconds: changes within it are one, such as an editor's save or a generator's files.
 *
 * Longer than the 50 ms for which chokidar (4.0.3) reports no second change of the same file: what is
 * written meanwhile is then read with the first change.
 */
const QUIET_TIME = 75;
const SOURCE = /\.(?:[cm]?[jt]sx?|json)$/;
const SPEC = /\.(?:spec|test)\.[cm]?[jt]sx?$/;
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'tmp']);

/**
 * Watches the sources of a workspace, and reports each change with the file, relative to the workspace
 * root; of several at once with the last. Neither Nx's daemon nor a native module is needed.
 */
export class SourceWatcher {
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly workspaceRoot: string,
    private readonly onChange: (file: string) => void,
    /** Whether a file that is no source matters too, by its path relative to the workspace root. */
    private readonly isUsed: (file: string) => boolean = () => false,
  ) {}

  /** Resolves once every change from now on will be seen. */
  async start(): Promise<void> {
    const { watch } = await import('chokidar-4');
    const watcher = watch(this.workspaceRoot, {
      ignoreInitial: true,
      ignored: (path, stats) => this.isIgnored(path, stats?.isFile() ?? false),
    });
    this.watcher = watcher;
    watcher.on('all', (_event, path) => {
      if (!this.matters(path)) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.onChange(relative(this.workspaceRoot, path));
      }, QUIET_TIME);
    });
    await new Promise<void>((resolve) => watcher.once('ready', resolve));
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.watcher?.close();
  }

  private matters(path: string): boolean {
    const file = relative(this.workspaceRoot, path).split(sep).join('/');
    return SOURCE.test(file) || this.isUsed(file);
  }

  private isIgnored(path: string, isFile: boolean): boolean {
    const name = basename(path);
    if (isFile) return SPEC.test(name) || name === 'package-lock.json';
    const inside = relative(this.workspaceRoot, path).split(sep);
    return inside.some((part) => SKIPPED.has(part) || (part.startsWith('.') && part.length > 1));
  }
}
