import { cp, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@tools/experiment';

/** What it takes to bring a program onto a machine, in bytes. */
export interface DeployedSize {
  /** What it runs from: its own files and node_modules. */
  bytes: number;
  /** Source maps of its own files; only stack traces need them. */
  maps: number;
}

const NPM_FLAGS = ['--omit=dev', '--no-audit', '--no-fund', '--prefer-offline'];

/** Copies a built application to `folder`, and installs there what its own lockfile lists. */
export async function deploy(built: string, folder: string): Promise<void> {
  await cp(built, folder, { recursive: true });
  const manifest = await readFile(join(folder, 'package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(manifest) as { dependencies?: object };
  if (Object.keys(dependencies).length > 0) await npm(folder, 'ci');
}

/** `npm install` or `npm ci`, of what production needs. */
export async function npm(folder: string, command: 'ci' | 'install'): Promise<void> {
  await runCommand(['npm', command, ...NPM_FLAGS], { cwd: folder });
}

/** The sizes of all files below a folder, as they are, not as a file system rounds them up. */
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
