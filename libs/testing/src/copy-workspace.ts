import { execFile } from 'node:child_process';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The workspace that is tested. */
export const WORKSPACE_ROOT = join(__dirname, '../../..');

/**
 * Copies the sources of this workspace to a folder, to be changed at will: what git knows or would add, so
 * neither build output nor data of the services. The installed packages are shared by a link.
 */
export async function copyWorkspace(folder: string): Promise<void> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { cwd: WORKSPACE_ROOT, maxBuffer: 1 << 24 },
  );
  const files = stdout.split('\0').filter((name) => name !== '');
  for (const file of files) {
    await cp(join(WORKSPACE_ROOT, file), join(folder, file), {
      recursive: true,
      force: true,
    }).catch((error: unknown) => {
      // Deleted, and git has not been told yet.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  }
  await symlink(join(WORKSPACE_ROOT, 'node_modules'), join(folder, 'node_modules'));
}
