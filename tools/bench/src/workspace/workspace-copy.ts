import { cp, readFile, rm, symlink, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand, WORKSPACE_ROOT } from '@tools/experiment';

/** A copy of this workspace's sources, to change at will. It shares the installed packages. */
export class WorkspaceCopy {
  private constructor(readonly root: string) {}

  /** Copies what git knows or would add, so neither build output nor data of the services. */
  static async create(root: string): Promise<WorkspaceCopy> {
    const { output } = await runCommand(
      ['git', 'ls-files', '--cached', '--others', '--exclude-standard', '-z'],
      { cwd: WORKSPACE_ROOT },
    );
    for (const file of output.split('\0').filter((name) => name !== '')) {
      await cp(join(WORKSPACE_ROOT, file), join(root, file)).catch((error: unknown) => {
        // Deleted, and git has not been told yet.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      });
    }
    await symlink(join(WORKSPACE_ROOT, 'node_modules'), join(root, 'node_modules'));
    return new WorkspaceCopy(root);
  }

  /** Runs Nx there, without its daemon and without its cache. */
  nx(...args: string[]): Promise<{ ms: number; output: string }> {
    return this.node([join(this.root, 'node_modules/nx/dist/bin/nx.js'), ...args]);
  }

  /** Runs node there, with the variables of {@link nx} and `env`. */
  node(
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<{ ms: number; output: string }> {
    return runCommand([process.execPath, ...args], {
      cwd: this.root,
      env: {
        // A machine that says it is CI gets no registries brought up to date.
        CI: 'false',
        NX_DAEMON: 'false',
        NX_SKIP_NX_CACHE: 'true',
        NO_COLOR: '1',
        ...env,
      },
    });
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  read(file: string): Promise<string> {
    return readFile(this.path(file), 'utf8');
  }

  async write(file: string, content: string): Promise<void> {
    await mkdir(dirname(this.path(file)), { recursive: true });
    await writeFile(this.path(file), content);
  }

  async delete(...files: string[]): Promise<void> {
    for (const file of files) await rm(this.path(file), { recursive: true, force: true });
  }
}
