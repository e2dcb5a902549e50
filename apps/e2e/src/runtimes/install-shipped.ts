import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { runCommand } from '@tools/experiment';
import { workspaceRoot } from '../support/ship';
import type { Installer, Runtime } from './candidates';

/** Installs the npm package of a runtime or of a package manager. @returns the path of its program */
export async function installProgram(
  { name, version, program }: Pick<Runtime, 'name' | 'version' | 'program'>,
  scratch: string,
): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'program-'));
  // Some fetch their program when they are installed, as npm packages too.
  const manifest = { private: true, allowScripts: { [name]: true } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const options = ['--no-audit', '--no-fund', '--no-save'];
  await runCommand(['npm', 'install', ...options, `${name}@${version}`], { cwd: folder });
  return join(folder, 'node_modules/.bin', program);
}

export interface InstallerProgram {
  readonly program: string;
  /** Where it finds other programs: Node.js, if it needs another version. */
  readonly path: string;
}

/** Installs a package manager, with the Node.js that it needs. */
export async function prepareInstaller(
  installer: Installer,
  scratch: string,
): Promise<InstallerProgram> {
  const program = await installProgram(installer, scratch);
  const path = process.env['PATH'] ?? '';
  if (installer.node === undefined) return { program, path };
  const node = { name: 'node', version: installer.node, program: 'node' };
  const folder = dirname(await installProgram(node, scratch));
  return { program, path: `${folder}${delimiter}${path}` };
}

/** Copies what was built out of the workspace, and installs there what it lists. @returns the folder */
export async function installBuilt(
  app: 'api' | 'worker',
  { program, path }: InstallerProgram,
  { commands, files = {} }: Pick<Installer, 'commands' | 'files'>,
  scratch: string,
): Promise<string> {
  const folder = await mkdtemp(join(scratch, `${app}-`));
  await cp(join(workspaceRoot, 'dist/apps', app), folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  for (const args of commands) {
    await runCommand([program, ...args], { cwd: folder, env: { CI: 'true', PATH: path } });
  }
  await rm(join(folder, 'Dockerfile'), { force: true });
  return folder;
}
