import { execFile } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { copyWorkspace } from '@libs/testing';

const run = promisify(execFile);

export interface CommandResult {
  code: number;
  /** Both streams, without colours. */
  output: string;
}

/** A copy of this workspace's source in a temporary folder, to change at will. It shares the installed packages. */
export class WorkspaceCopy {
  private constructor(readonly root: string) {}

  static async create(): Promise<WorkspaceCopy> {
    // The real path: on macOS the temporary folder is behind a link, and Nx compares paths.
    const root = await realpath(await mkdtemp(join(tmpdir(), 'e2e-workspace-')));
    await copyWorkspace(root);
    return new WorkspaceCopy(root);
  }

  /** Runs Nx there; `env` is added to the test's own. Never throws for a command that fails. */
  nx(args: string[], env: Record<string, string> = {}): Promise<CommandResult> {
    return this.node('nx/dist/bin/nx.js', args, env);
  }

  /** Like {@link nx}, of any program of a package. */
  node(
    program: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<CommandResult> {
    return run(process.execPath, [this.path('node_modules', program), ...args], {
      cwd: this.root,
      maxBuffer: 1 << 24,
      env: {
        ...process.env,
        CI: 'false',
        NX_DAEMON: 'false',
        // One process in place of one for each plugin: half the processor time.
        NX_ISOLATE_PLUGINS: 'false',
        NX_CACHE_DIRECTORY: this.path('.nx/cache'),
        NO_COLOR: '1',
        FORCE_COLOR: '0',
        ...env,
      },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      (error: unknown) => {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, output: stdout + stderr };
      },
    );
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  async write(file: string, text: string): Promise<void> {
    await writeFile(this.path(file), text);
  }

  /** Replaces a text that a file has. */
  async edit(file: string, from: string, to: string): Promise<void> {
    const text = await readFile(this.path(file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no "${from}":\n${text}`);
    await writeFile(this.path(file), text.replace(from, to));
  }

  async delete(...parts: string[]): Promise<void> {
    await rm(this.path(...parts), { recursive: true });
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
