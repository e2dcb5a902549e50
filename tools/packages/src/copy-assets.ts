import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
    writeFileSync(target, path === 'generators.json' ? compiledGenerators(text, folder) : text);
  }
}

interface Generators {
  readonly generators: Readonly<Record<string, { readonly factory: string }>>;
}

/** Without the generators that are not compiled: they are for this workspace. */
function compiledGenerators(text: string, folder: string): string {
  const { generators, ...collection } = JSON.parse(text) as Generators;
  const compiled = Object.entries(generators).filter(([, { factory }]) =>
    existsSync(join(folder, `${factory}.js`)),
  );
  return JSON.stringify({ ...collection, generators: Object.fromEntries(compiled) }, null, 2);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith('node_modules/'));
}
