import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a folder hold exactly these files, by path relative to it. What is the same already is not
 * touched; node_modules stays, in case packages are installed there.
 */
export function writeOutput(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, contents] of files) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  removeOthers(folder, '', files);
}

function removeOthers(folder: string, below: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (name === 'node_modules' || files.has(name)) continue;
    const isKept =
      entry.isDirectory() && [...files.keys()].some((file) => file.startsWith(`${name}/`));
    if (isKept) removeOthers(folder, name, files);
    else rmSync(join(folder, name), { recursive: true, force: true });
  }
}
