import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes these files, by path relative to `folder`. What is the same already is not touched. Of the files
 * that the build before wrote (`previous`), those that are not written again are removed.
 *
 * Everything else stays, and is returned: the paths of what no build wrote, a folder with a `/` at its end.
 * node_modules is not among them: packages may be installed there.
 */
export function writeOutput(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  previous: readonly string[],
): string[] {
  for (const [name, contents] of files) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  for (const name of previous) {
    if (!files.has(name)) removeFile(folder, name);
  }
  return foreignFiles(folder, '', [...files.keys()]);
}

/** With the folders that are empty then. */
function removeFile(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
  for (let parent = dirname(name); parent !== '.'; parent = dirname(parent)) {
    const path = join(folder, parent);
    if (!existsSync(path)) continue;
    if (readdirSync(path).length > 0) return;
    rmSync(path, { recursive: true });
  }
}

function foreignFiles(folder: string, below: string, files: readonly string[]): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = `${below}${entry.name}`;
    if (name === 'node_modules' || files.includes(name)) return [];
    if (!entry.isDirectory()) return [name];
    const isOwn = files.some((file) => file.startsWith(`${name}/`));
    return isOwn ? foreignFiles(folder, `${name}/`, files) : [`${name}/`];
  });
}
