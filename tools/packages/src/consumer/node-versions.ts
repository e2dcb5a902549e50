import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs a version of Node.js, by its npm package.
 *
 * @param version `22` or `22.12.0`
 * @returns the path of its program
 */
export function installNode(version: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  // It is fetched when the package is installed.
  const manifest = { private: true, allowScripts: { node: true } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const options = ['--no-save', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...options, `node@${version}`], { cwd: folder, stdio: 'ignore' });
  return join(folder, 'node_modules/.bin/node');
}
