import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Consumer } from './consumer';

/**
 * Makes a consumer an Nx workspace, as the README of the plugin says: with each block of code that names a file.
 *
 * @returns the paths of the files
 */
export function makeNxWorkspace({ folder }: Consumer, readme: string): string[] {
  const files = [...readme.matchAll(/^```(?:json|ts) (\S+)\n(.*?)^```$/gms)].map(
    ([, path = '', text = '']) => ({ path, text }),
  );
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  copyFileSync(join(__dirname, 'files/generate.cjs'), join(folder, 'generate.cjs'));
  return files.map(({ path }) => path).sort();
}
