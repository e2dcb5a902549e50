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

/** chokidar on a workspace, for all applications that this process serves: to look through it once takes a third of a second. */
interface SharedWatcher {
  watcher: FSWatcher;
  ready: Promise<void>;
  users: number;
}

const shared = new Map<string, Promise<SharedWatcher>>();

/**
 * Watches the sources of a workspace, and reports each change with the file, relative to the workspace
 * root; of several at once with the last. Neither Nx's daemon nor a native module is needed.
 */
export class SourceWatcher {
  private watcher: SharedWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly workspaceRoot: string,
    private readonly onChange: (file: string) => void,
    /** Whether a file that is no source matters too, by its path relative to the workspace root. */
    private readonly isUsed: (file: string) => boolean = () => false,
  ) {}

  /** Resolves once every change from now on will be seen. */
  async start(): Promise<void> {
    const watching = shared.get(this.workspaceRoot) ?? watchSources(this.workspaceRoot);
    shared.set(this.workspaceRoot, watching);
    this.watcher = await watching;
    this.watcher.users += 1;
    this.watcher.watcher.on('all', this.onEvent);
    await this.watcher.ready;
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    const known = this.watcher;
    if (known === undefined) return;
    this.watcher = undefined;
    known.watcher.off('all', this.onEvent);
    known.users -= 1;
    if (known.users > 0) return;
    shared.delete(this.workspaceRoot);
    await known.watcher.close();
  }

  private readonly onEvent = (_event: string, path: string): void => {
    if (!this.matters(path)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.onChange(relative(this.workspaceRoot, path));
    }, QUIET_TIME);
  };

  private matters(path: string): boolean {
    const file = relative(this.workspaceRoot, path).split(sep).join('/');
    return SOURCE.test(file) || this.isUsed(file);
  }
}

async function watchSources(workspaceRoot: string): Promise<SharedWatcher> {
  const { watch } = await import('chokidar-4');
  const watcher = watch(workspaceRoot, {
    ignoreInitial: true,
    ignored: (path, stats) => isIgnored(workspaceRoot, path, stats?.isFile() ?? false),
  });
  // Each application adds a listener.
  watcher.setMaxListeners(0);
  const ready = new Promise<void>((resolve) => watcher.once('ready', resolve));
  return { watcher, ready, users: 0 };
}

function isIgnored(workspaceRoot: string, path: string, isFile: boolean): boolean {
  const name = basename(path);
  if (isFile) return SPEC.test(name) || name === 'package-lock.json';
  const inside = relative(workspaceRoot, path).split(sep);
  return inside.some((part) => SKIPPED.has(part) || (part.startsWith('.') && part.length > 1));
}
