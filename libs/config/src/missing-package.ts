import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isNativeError } from 'node:util/types';

const MESSAGE = /^Cannot find package '([^']+)' imported from (.+)$/;

/**
 * What to do about an error of Node.js: a package cannot be found that is to be installed beside a built application.
 * Undefined for any other error.
 */
export function describeMissingPackage(error: unknown): string | undefined {
  if (!isNativeError(error)) return undefined;
  const [, name, file] = MESSAGE.exec(error.message) ?? [];
  const folder = file === undefined ? undefined : folderOfManifest(dirname(file));
  if (name === undefined || folder === undefined) return undefined;
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: object;
  };
  if (!(name in dependencies)) return undefined;
  return (
    `The package ${name} is not installed beside this application. ` +
    `Install what package.json lists, in ${folder}: npm ci --omit=dev`
  );
}

function folderOfManifest(folder: string): string | undefined {
  if (existsSync(join(folder, 'package.json'))) return folder;
  return folder === dirname(folder) ? undefined : folderOfManifest(dirname(folder));
}
