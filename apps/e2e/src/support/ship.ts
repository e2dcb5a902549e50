import { execFile } from 'node:child_process';
import { cp, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { imageSteps } from './dockerfile';

const run = promisify(execFile);

/** The workspace that is tested. */
export const workspaceRoot = join(__dirname, '../../../..');

/**
 * Does what its Dockerfile does: copies a built app out of the workspace, and installs in the copy what its own lockfile lists.
 * Nothing of the workspace's node_modules can be reached from there.
 * @param root the workspace that it was built in; default: the one that is tested
 * @param env variables for the installation, besides those of this process
 * @returns the folder, which the caller removes.
 * @throws if the app was not built, with the command that builds it.
 */
export async function ship(
  app: string,
  root = workspaceRoot,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const built = join(root, 'dist/apps', app);
  await stat(join(built, 'main.js')).catch(() => {
    throw new Error(`${built} holds no built app. Build it with: npx nx build ${app}`);
  });
  const folder = await mkdtemp(join(tmpdir(), `e2e-${app}-`));
  await cp(built, folder, { recursive: true });
  const [npm = '', ...args] = imageSteps(folder).install;
  await run(npm, [...args, '--prefer-offline'], { cwd: folder, env: { ...process.env, ...env } });
  return folder;
}
