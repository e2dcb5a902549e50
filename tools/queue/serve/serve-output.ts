import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BundledFile } from '../bundle/files/carried-files';

/** Holds the number of the process that runs from the folder. */
const PID_FILE = 'app.pid';

/**
 * The folder that a served application runs from. Each serve has one of its own, named after its
 * process, so that two of the same application do not take each other's files away.
 */
export class ServeOutput {
  readonly folder: string;
  private written = new Map<string, string>();
  private older: string[] = [];

  constructor(parent: string) {
    this.folder = join(parent, String(process.pid));
    removeAbandoned(parent);
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module", "private": true }\n');
  }

  /** Whether `write` would write anything. */
  isNew(files: readonly BundledFile[]): boolean {
    return files.some(({ path, hash }) => this.written.get(path) !== hash);
  }

  /**
   * Writes what is new and returns whether anything was. Older files stay until `removeOlder`: the
   * application that still runs may yet load one of them.
   */
  write(files: readonly BundledFile[]): boolean {
    const next = new Map(files.map(({ path, hash }) => [path, hash]));
    const changed = files.filter(({ path, hash }) => this.written.get(path) !== hash);
    for (const { path, contents } of changed) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
    }
    this.older = [...this.older, ...this.written.keys()].filter((path) => !next.has(path));
    this.written = next;
    return changed.length > 0;
  }

  removeOlder(): void {
    for (const path of this.older) rmSync(path, { force: true });
    this.older = [];
  }

  /** While this process lives, the folder stays, even if serve itself is killed. */
  keepFor(pid: number): void {
    writeFileSync(join(this.folder, PID_FILE), String(pid));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The folders of serves that were killed. */
function removeAbandoned(parent: string): void {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name);
    const pidFile = join(folder, PID_FILE);
    const users = [name, ...(existsSync(pidFile) ? [readFileSync(pidFile, 'utf8')] : [])].map(
      Number,
    );
    // A folder with another name is not one of these.
    if (users.some((pid) => Number.isNaN(pid) || isAlive(pid))) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
