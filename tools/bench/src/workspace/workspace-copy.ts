import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { copyWorkspace } from '@libs/testing';
import { ExperimentError, runCommand, textFlag, WORKSPACE_ROOT } from '@tools/experiment';

export const AGAINST_FLAG = {
  against: textFlag('the folder of another checkout, with its node_modules, to compare with', ''),
};

/** A copy of the sources of a workspace, to change at will. It shares the installed packages. */
export class WorkspaceCopy {
  private constructor(readonly root: string) {}

  /**
   * @param from the workspace; by default this one
   * @throws ExperimentError if it is not a checkout with its packages installed
   */
  static async create(root: string, from = WORKSPACE_ROOT): Promise<WorkspaceCopy> {
    const source = resolve(WORKSPACE_ROOT, from);
    await readFile(join(source, 'node_modules/nx/package.json')).catch((cause: unknown) => {
      const hint = 'Give the folder of a checkout of this workspace, and run `npm ci` in it';
      throw new ExperimentError(`${source} has no installed Nx. ${hint}.`, { cause });
    });
    await copyWorkspace(root, source);
    return new WorkspaceCopy(root);
  }

  /** Runs Nx in the copy, without its daemon and without its cache. */
  nx(...args: string[]): Promise<{ ms: number; output: string }> {
    return this.node([join(this.root, 'node_modules/nx/dist/bin/nx.js'), ...args]);
  }

  /** Runs node in the copy, with the variables of {@link nx} and `env`. */
  node(
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<{ ms: number; output: string }> {
    return runCommand([process.execPath, ...args], {
      cwd: this.root,
      env: {
        // With CI set, Nx would not run the sync generators.
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

  /** Copies files from another workspace into this copy. */
  async take(from: string, files: readonly string[]): Promise<void> {
    for (const file of files) await cp(join(from, file), this.path(file));
  }

  async delete(...files: string[]): Promise<void> {
    for (const file of files) await rm(this.path(file), { recursive: true, force: true });
  }
}
