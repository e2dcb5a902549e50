import { execFile } from 'node:child_process';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The workspace that is tested. */
export const WORKSPACE_ROOT = join(__dirname, '../../..');

/**
 * Copies the sources of this workspace to a folder where a test may change them: the files that git tracks
 * or would add, so neither build output nor data of the services. The installed packages are linked.
 *
 * @param from the workspace; by default this one
 */
export async function copyWorkspace(folder: string, from = WORKSPACE_ROOT): Promise<void> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { cwd: from, maxBuffer: 1 << 24 },
  );
  const files = stdout.split('\0').filter((name) => name !== '');
  for (const file of files) {
    await cp(join(from, file), join(folder, file), {
      recursive: true,
      force: true,
    }).catch((error: unknown) => {
      // Deleted, but still in the index of git.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  }
  await symlink(join(from, 'node_modules'), join(folder, 'node_modules'));
}
