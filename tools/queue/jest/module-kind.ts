import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

const byFolder = new Map<string, boolean>();

/** Whether Node takes a file for an ES module, by its ending or by the nearest package.json. */
export function isEsModule(file: string): boolean {
  const ending = extname(file);
  if (/^\.m[jt]s$/.test(ending)) return true;
  return !/^\.c[jt]s$/.test(ending) && isOfEsPackage(dirname(file));
}

function isOfEsPackage(folder: string): boolean {
  const known = byFolder.get(folder);
  if (known !== undefined) return known;
  const manifest = join(folder, 'package.json');
  const parent = dirname(folder);
  const isEs = existsSync(manifest)
    ? typeOf(manifest) === 'module'
    : parent !== folder && !folder.endsWith('node_modules') && isOfEsPackage(parent);
  byFolder.set(folder, isEs);
  return isEs;
}

function typeOf(manifest: string): string | undefined {
  // A package's own manifest is outside our control.
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type;
}
