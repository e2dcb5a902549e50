import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from '../run/run-experiment';
import { compileFiles } from './compile-files';

/**
 * Compiles programs of a workspace, which then find its packages. They are not run from TypeScript,
 * because Nest needs the decorator metadata that a TypeScript runner omits.
 *
 * @param entries the TypeScript files to start, relative to the workspace
 * @returns the absolute path of each compiled file to start
 */
export async function compilePrograms<Name extends string>(
  folder: string,
  entries: Readonly<Record<Name, string>>,
  root = WORKSPACE_ROOT,
): Promise<Record<Name, string>> {
  await mkdir(folder, { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const files = await Promise.all(
    Object.entries<string>(entries).map(async ([name, entry]) => {
      const { main } = await compileFiles({ root, entry, outputFolder: folder });
      return [name, join(folder, main)];
    }),
  );
  // Its keys are those of `entries`.
  return Object.fromEntries(files) as Record<Name, string>;
}
