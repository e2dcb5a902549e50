import { cp, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@tools/experiment';

/** The bytes to deploy. */
export interface DeployedSize {
  /** The program's own files and node_modules, without source maps. */
  bytes: number;
  /** Source maps of its own files, which only stack traces need. */
  maps: number;
}

const NPM_FLAGS = ['--omit=dev', '--no-audit', '--no-fund', '--prefer-offline'];

/** Copies a built application to `folder`, and installs there the packages of its own lockfile. */
export async function deploy(built: string, folder: string): Promise<void> {
  await cp(built, folder, { recursive: true });
  const manifest = await readFile(join(folder, 'package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(manifest) as { dependencies?: object };
  if (Object.keys(dependencies).length > 0) await npm(folder, 'ci');
}

/** `npm install` or `npm ci`, without development packages. */
export async function npm(folder: string, command: 'ci' | 'install'): Promise<void> {
  await runCommand(['npm', command, ...NPM_FLAGS], { cwd: folder });
}

/** The sizes of all files below a folder, not rounded up to blocks of the file system. */
export async function deployedSize(folder: string): Promise<DeployedSize> {
  const size: DeployedSize = { bytes: 0, maps: 0 };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const isMap = path.endsWith('.map') && !path.includes('node_modules');
    size[isMap ? 'maps' : 'bytes'] += (await stat(path)).size;
  }
  return size;
}
