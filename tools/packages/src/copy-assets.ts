import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { PackageNames } from './compile-package';

interface Assets {
  readonly assets: RegExp;
  readonly names: PackageNames;
}

/** Copies files of a project that are not compiled. They get the package's own name, as compiled ones do. */
export function copyAssets(project: string, folder: string, { assets, names }: Assets): void {
  for (const path of filesBelow(project).filter((file) => assets.test(file))) {
    const text = readFileSync(join(project, path), 'utf8').replaceAll(names.here, names.published);
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith('node_modules/'));
}
